// Conditions on the properties of an event as SQL. A property has no declared kind: each operator speaks of texts, numbers or
// dates, and what is of another kind does not meet it.
import type { Condition, Operator } from '../../shared/contacts/rule.ts';
import { dateTest, instantTest, numberTest, type TestContext } from './attribute-sql.ts';
import { not, piece, textIsOneOf, textOperand, textOperands, textTest, type Piece, type TextTest } from './rule-sql.ts';

export type PropertyCondition = NonNullable<(Condition & { kind: 'event' })['where']>[number];

/**
 * A checked condition on a property of `events e`, as 0 or 1. An absent property, null and '' are empty: notEquals, notContains
 * and isEmpty hold of them, nothing else. A list meets a comparison of text when one of its values does. Numbers are compared
 * with numbers; dates with "YYYY-MM-DD..." texts and with instants.
 */
export function propertyTest({ property, operator, value }: PropertyCondition, context: TestContext): Piece {
  if (operator === 'isNotEmpty') return some(property, piece(`p.type <> 'null' AND p.value IS NOT ''`));
  if (operator === 'isEmpty') return not(propertyTest({ property, operator: 'isNotEmpty' }, context));
  if (operator === 'notEquals') return not(propertyTest({ property, operator: 'equals', value }, context));
  if (operator === 'notContains') return not(propertyTest({ property, operator: 'contains', value }, context));
  return some(property, valueTest(operator, value, context));
}

function some(property: string, part: Piece): Piece {
  return { sql: `EXISTS (SELECT 1 FROM json_each(e.data) p WHERE p.key = ? AND ${part.sql})`, values: [property, ...part.values] };
}

const DATE = '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]';

function valueTest(operator: Operator, value: PropertyCondition['value'], context: TestContext): Piece {
  switch (operator) {
    case 'isTrue':
      return piece(`p.type = 'true'`);
    case 'isFalse':
      return piece(`p.type = 'false'`);
    case 'moreThan':
    case 'atLeast':
    case 'lessThan':
    case 'atMost':
    case 'between':
      return typed(`p.type IN ('integer', 'real')`, numberTest('p.value', operator, value));
    case 'before':
    case 'after':
    case 'inLast':
    case 'inNext': {
      // Words come after all digits, so that "unknown" would be after every date.
      const day = typed(`p.type = 'text' AND p.value GLOB '${DATE}*'`, dateTest('substr(p.value, 1, 10)', operator, value, context));
      const instant = typed(`p.type = 'integer'`, instantTest('p.value', operator, value, context));
      return { sql: `(${day.sql} OR ${instant.sql})`, values: [...day.values, ...instant.values] };
    }
    default:
      return anyText(operator, value);
  }
}

function typed(type: string, part: Piece): Piece {
  return { sql: `(${type} AND ${part.sql})`, values: part.values };
}

/** The value, or one of a list's values, as text; yes and no are "true" and "false" there. */
function anyText(operator: Operator, value: PropertyCondition['value']): Piece {
  const single = asText('p', operator, value);
  const listed = asText('l', operator, value);
  return {
    sql: `CASE p.type WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each(p.value) l WHERE ${listed.sql}) WHEN 'object' THEN 0 ELSE ${single.sql} END`,
    values: [...listed.values, ...single.values],
  };
}

function asText(alias: 'p' | 'l', operator: Operator, value: PropertyCondition['value']): Piece {
  const text = `CASE ${alias}.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(${alias}.value AS TEXT) END`;
  return operator === 'isOneOf' ? textIsOneOf(text, textOperands(value)) : textTest(text, operator as TextTest, textOperand(value));
}
