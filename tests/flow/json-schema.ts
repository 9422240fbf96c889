// Checks a value against the part of JSON Schema that the program's own schemas use. An unknown keyword is an error, so that
// nothing is skipped in silence.
type Schema = Record<string, unknown>;

const SAYS_NOTHING = new Set(['$schema', '$defs', 'title', 'description', 'default', 'id', '$id', 'propertyNames']);

/** The places at which a value does not meet the schema. */
export function schemaFaults(value: unknown, schema: Schema, root: Schema = schema, path = '$'): string[] {
  const faults: string[] = [];
  const demand = (holds: boolean, what: string) => void (holds || faults.push(`${path}: ${what}`));
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (SAYS_NOTHING.has(keyword)) continue;
    switch (keyword) {
      case '$ref': {
        const name = String(wanted).replace('#/$defs/', '');
        faults.push(...schemaFaults(value, (root.$defs as Record<string, Schema>)[name]!, root, path));
        break;
      }
      case 'type':
        demand(isOfType(value, String(wanted)), `is not ${String(wanted)}`);
        break;
      case 'const':
        demand(value === wanted, `is not ${String(wanted)}`);
        break;
      case 'enum':
        demand((wanted as unknown[]).includes(value), `is none of ${String(wanted)}`);
        break;
      case 'anyOf':
        demand(
          (wanted as Schema[]).some((each) => schemaFaults(value, each, root, path).length === 0),
          'fits none',
        );
        break;
      case 'oneOf':
        demand(
          (wanted as Schema[]).filter((each) => schemaFaults(value, each, root, path).length === 0).length === 1,
          'does not fit exactly one',
        );
        break;
      case 'pattern':
        demand(typeof value !== 'string' || new RegExp(String(wanted), 'u').test(value), `does not match ${String(wanted)}`);
        break;
      case 'minLength':
        demand(typeof value !== 'string' || value.length >= Number(wanted), 'is too short');
        break;
      case 'maxLength':
        demand(typeof value !== 'string' || value.length <= Number(wanted), 'is too long');
        break;
      case 'minimum':
        demand(typeof value !== 'number' || value >= Number(wanted), 'is too small');
        break;
      case 'maximum':
        demand(typeof value !== 'number' || value <= Number(wanted), 'is too large');
        break;
      case 'minItems':
        demand(!Array.isArray(value) || value.length >= Number(wanted), 'has too few');
        break;
      case 'maxItems':
        demand(!Array.isArray(value) || value.length <= Number(wanted), 'has too many');
        break;
      case 'items':
        if (Array.isArray(value))
          value.forEach((each, index) => faults.push(...schemaFaults(each, wanted as Schema, root, `${path}.${index}`)));
        break;
      case 'required':
        if (isObject(value)) for (const name of wanted as string[]) demand(Object.hasOwn(value, name), `has no ${name}`);
        break;
      case 'properties':
        if (isObject(value)) {
          for (const [name, each] of Object.entries(wanted as Record<string, Schema>)) {
            if (Object.hasOwn(value, name)) faults.push(...schemaFaults(value[name], each, root, `${path}.${name}`));
          }
        }
        break;
      case 'additionalProperties':
        if (isObject(value)) {
          for (const name of Object.keys(value)) {
            if (Object.hasOwn((schema.properties ?? {}), name)) continue;
            if (wanted === false) faults.push(`${path}: ${name} does not belong here`);
            else faults.push(...schemaFaults(value[name], wanted as Schema, root, `${path}.${name}`));
          }
        }
        break;
      default:
        throw new Error(`The checker does not know "${keyword}"`);
    }
  }
  return faults;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
