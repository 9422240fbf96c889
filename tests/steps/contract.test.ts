// What every step type and trigger type must offer, whoever writes the next one.
import { describe, expect, it } from 'vitest';
import { conditionsOfAsking, fieldsOf, missingFields } from '../../shared/fields.ts';
import { idSchema } from '../../shared/flow/flow.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { stepType, stepTypes } from '../../shared/steps/index.ts';
import { FAMILIES } from '../../shared/steps/step.ts';
import { inEnglish } from '../../shared/text.ts';
import { triggerType, triggerTypes } from '../../shared/triggers/index.ts';

const nothing = namesFrom({ messages: [], attributes: [], segments: [] });

describe.each(stepTypes.map((type) => [type.type, type] as const))('step %s', (name, type) => {
  const start = type.config.parse({});

  it('is found by its name, and has words, an icon and a family', () => {
    expect(stepType(name)).toBe(type);
    expect(name).toMatch(/^[a-z][A-Za-z]+$/);
    expect(FAMILIES).toContain(type.family);
    for (const text of [type.label, type.help, type.summary(start, nothing)]) expect(inEnglish(text).length).toBeGreaterThan(2);
    expect(inEnglish(type.help)).toMatch(/\.$/);
    expect(type.icon).not.toBe('');
  });

  it('starts from values that are valid, and refuses settings that it does not know', () => {
    expect(type.config.safeParse(start).success).toBe(true);
    expect(type.config.safeParse({ ...start, nonsense: 1 }).success).toBe(false);
    expect(JSON.parse(JSON.stringify(start))).toEqual(start);
  });

  it('names every field, and can tell what is missing', () => {
    for (const { meta } of fieldsOf(type.config)) expect(inEnglish(meta.label)).not.toBe('');
    expect(() => missingFields(type.config, start, {})).not.toThrow();
    expect(() => type.problems?.(start, nothing)).not.toThrow();
    expect(() => type.facts?.(start)).not.toThrow();
    for (const { meta } of fieldsOf(type.config)) {
      for (const sibling of [...conditionsOfAsking(meta).map(({ field }) => field), ...(meta.of === undefined ? [] : [meta.of])]) expect(Object.keys(type.config.shape)).toContain(sibling);
    }
  });

  it('has outlets with ids of their own', () => {
    const ids = type.outlets(start).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(idSchema.safeParse(id).success).toBe(true);
  });

  it('starts anew each time: one step cannot reach into another', () => {
    const [one, other] = [type.config.parse({}), type.config.parse({})];
    for (const key of Object.keys(one)) if (Array.isArray(one[key])) expect(one[key]).not.toBe(other[key]);
  });
});

describe.each(triggerTypes.map((type) => [type.type, type] as const))('trigger %s', (name, type) => {
  it('is found, has words, and starts from valid values', () => {
    const start = type.config.parse({});
    expect(triggerType(name)).toBe(type);
    for (const text of [type.label, type.help, type.summary(start, nothing)]) expect(inEnglish(text).length).toBeGreaterThan(2);
    expect(type.config.safeParse({ nonsense: 1 }).success).toBe(false);
    expect(() => type.problems?.(start, nothing)).not.toThrow();
    for (const { meta } of fieldsOf(type.config)) expect(inEnglish(meta.label)).not.toBe('');
  });
});

it('types that are not there are not found', () => {
  expect(stepType('toString')).toBeUndefined();
  expect(triggerType('constructor')).toBeUndefined();
});
