// Calls about segments: saved rules and fixed sets of contacts, how many are in them, and what uses them.
import type { SegmentRow } from '../../shared/api.ts';
import { ruleProblems } from '../../shared/contacts/operators.ts';
import { conditionsOf } from '../../shared/contacts/rule.ts';
import { askedSince, segmentsAskedSince } from '../../shared/flow/references.ts';
import { problem, ProblemError, refuse, type Problem } from '../../shared/problem.ts';
import { say, type Text } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { readersOf } from '../readers/readers.ts';
import { segmentSizesOf, type SegmentSize } from '../readers/segment-sizes.ts';
import { putIn } from '../runner/filling.ts';
import { changeRule, followSegments, recordSizeToday } from '../runner/memberships.ts';
import { attributesOf, freeAttributeKey } from '../store/attributes.ts';
import { getContacts, refuseUnknownContact } from '../store/contacts.ts';
import { transaction } from '../store/database.ts';
import { flowSummaries, versionsFollowed } from '../store/flows.ts';
import { workspaceNames } from '../store/names.ts';
import { answerForContacts, checkSegment } from '../store/rules.ts';
import { recordAudit } from '../store/runner-state.ts';
import { deleteSegment, saveSegment, segmentsOf, sizesOf, type Segment } from '../store/segments.ts';
import { usesOf } from '../store/uses.ts';
import type { Workspace } from '../workspace.ts';

/** How many days of sizes a segment's chart shows at the most. */
const SHOWN_DAYS = 400;

type Calls = 'segments.list' | 'segments.get' | 'segments.save' | 'segments.remove' | 'segments.freeze' | 'segments.ofContact';
type Uses = SegmentRow['usedBy'];

export function segmentHandlers(workspace: Workspace): Pick<Handlers, Calls> {
  function known(key: string): Segment {
    return (
      segmentsOf(workspace).get(key) ??
      refuse('segment-unknown', say('There is no segment {segment}. Choose another one.', { segment: key }), { field: 'key' })
    );
  }

  const counts = segmentSizesOf(workspace);

  function sizeOf({ key }: Segment, how: boolean | 'known'): SegmentSize | Promise<SegmentSize> {
    if (how === false) return NOT_COUNTED;
    return how === 'known' ? counts.known(key) : counts.exact(key);
  }

  function changed(): void {
    workspace.changed('segments', 'contacts', 'flows');
    workspace.wake();
  }

  return {
    'segments.list': async ({ sizes }) => {
      const uses = usesOf(workspace, 'segment');
      return Promise.all([...segmentsOf(workspace).values()].map(async (segment) => rowOf(segment, uses, await sizeOf(segment, sizes))));
    },
    'segments.get': async ({ key, sizes }) => {
      const segment = known(key);
      return { ...rowOf(segment, usesOf(workspace, 'segment'), await sizeOf(segment, sizes)), sizes: sizesOf(workspace, key, SHOWN_DAYS) };
    },
    'segments.save': async ({ key: given, name, rule, track }) => {
      const before = given === null ? null : known(given);
      const trimmed = checkedName(workspace, name, given);
      if (before !== null && (before.rule === null) !== (rule === null)) {
        refuse('segment-kind', say('Whether a segment is a fixed set or follows a rule is decided when it is made. Make a new one.'), {
          field: 'rule',
        });
      }
      if (before?.track === true && !track) refuseAskedSince(workspace, before);
      const key = given ?? freeAttributeKey(trimmed, (each) => segmentsOf(workspace).has(each));
      const segment: Segment = { key, name: trimmed, rule, track };
      checkRule(workspace, segment);
      transaction(workspace.db, () => {
        if (before !== null && JSON.stringify(before.rule) !== JSON.stringify(rule))
          changeRule(workspace, key, () => saveSegment(workspace, segment));
        else {
          saveSegment(workspace, segment);
          followSegments(workspace);
        }
        recordAudit(workspace, 'user', before === null ? 'segment-added' : 'segment-saved', { segment: key, name: trimmed });
      });
      const { size } = await counts.exact(key);
      recordSizeToday(workspace, key, size ?? 0);
      changed();
      return { key, size: size ?? 0 };
    },
    'segments.remove': ({ key }) => {
      const { name } = known(key);
      refuseInUse(name, usesOf(workspace, 'segment')(key));
      transaction(workspace.db, () => {
        deleteSegment(workspace, key);
        followSegments(workspace);
        recordAudit(workspace, 'user', 'segment-removed', { segment: key, name });
      });
      changed();
      return null;
    },
    'segments.ofContact': ({ contact }) => {
      if (!getContacts(workspace, [contact]).has(contact)) refuseUnknownContact(contact);
      return [...segmentsOf(workspace).values()]
        .filter(({ key }) => isIn(workspace, key, contact))
        .map(({ key, name, rule }) => ({ key, name, rule }));
    },
    async 'segments.freeze'({ key, name }) {
      const { name: frozen } = known(key);
      const fixed: Segment = { key: '', name: checkedName(workspace, name, null), rule: null };
      fixed.key = freeAttributeKey(fixed.name, (each) => segmentsOf(workspace).has(each));
      const members = await readersOf(workspace).read('ids', { rule: { kind: 'segment', segment: key, member: true } });
      transaction(workspace.db, () => {
        saveSegment(workspace, fixed);
        recordAudit(workspace, 'user', 'segment-frozen', { segment: key, name: frozen, as: fixed.name });
      });
      const size = await putIn(workspace, fixed.key, [...members]);
      recordSizeToday(workspace, fixed.key, size);
      changed();
      return { key: fixed.key, size };
    },
  };
}

const NOT_COUNTED: SegmentSize = { size: null, outdated: false, problems: [] };

function rowOf({ key, name, rule, track = false }: Segment, uses: (key: string) => Uses, { size, outdated, problems }: SegmentSize): SegmentRow {
  const { flows, segments } = uses(key);
  return { key, name, rule, track, usedBy: { flows, segments }, size, outdated, problems: [...problems] };
}

/** A segment whose rule cannot be asked any more has nobody in it. */
function isIn(workspace: Workspace, segment: string, contact: number): boolean {
  try {
    return answerForContacts(workspace, { kind: 'segment', segment, member: true }, [contact]).size > 0;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}

function checkedName(workspace: Workspace, name: string, own: string | null): string {
  const trimmed = name.trim();
  if (trimmed === '') refuse('name-missing', say('A segment needs a name.'), { field: 'name' });
  const same = [...segmentsOf(workspace).values()].find((each) => each.key !== own && each.name.toLowerCase() === trimmed.toLowerCase());
  if (same !== undefined)
    refuse('name-taken', say('There is a segment “{name}” already. Give this one another name.', { name: same.name }), { field: 'name' });
  return trimmed;
}

/** Refuses a rule without conditions, one that is wrong, and segments that would contain each other. */
function checkRule(workspace: Workspace, segment: Segment): void {
  const { rule } = segment;
  if (rule === null) return;
  if (conditionsOf(rule).length === 0)
    refuse('rule-empty', say('This rule has no conditions. Say whom it is about, or remove it.'), { field: 'rule' });
  const names = workspaceNames(workspace);
  const attributes = attributesOf(workspace);
  const itself = (key: string) => (key === segment.key ? segment.name : names.segment(key));
  const errors = ruleProblems(rule, { ...names, attribute: (key) => attributes.get(key), segment: itself }, { enrollment: false }).filter(
    ({ severity }) => severity === 'error',
  );
  if (errors.length > 0) throw new ProblemError(...errors);
  checkSegment(workspace, segment);
}

/** Refuses to forget since when people are in a segment where that is asked: whoever asks could not run any more. */
function refuseAskedSince(workspace: Workspace, { key, name }: Segment): void {
  const flows = flowSummaries(workspace).filter((flow) => [flow.draft, ...versionsFollowed(workspace, flow).map((each) => each.flow)].some((each) => segmentsAskedSince(each).includes(key)));
  const segments = [...segmentsOf(workspace).values()].filter(({ rule }) => rule !== null && askedSince([rule]).includes(key));
  if (flows.length + segments.length === 0) return;
  const users = [...flows, ...segments].map((each): Text => say('“{name}”', { name: each.name }));
  refuse('segment-asked-since', say('Since when somebody is in “{segment}” is asked by {users}. Take that out there first, or go on keeping track.', { users, segment: name }), { field: 'track' });
}

function refuseInUse(name: string, uses: Uses): void {
  const names = (list: readonly { name: string }[]): Text[] => list.map((each) => say('“{name}”', { name: each.name }));
  const problems: Problem[] = [
    ...(uses.flows.length === 0
      ? []
      : [
          problem(
            'segment-in-use',
            say('The segment “{name}” is used by the flows {flows}. Take it out there first.', { name, flows: names(uses.flows) }),
          ),
        ]),
    ...(uses.segments.length === 0
      ? []
      : [
          problem(
            'segment-in-use',
            say('The segment “{name}” is used by the segments {segments}. Take it out there first.', {
              name,
              segments: names(uses.segments),
            }),
          ),
        ]),
  ];
  if (problems.length > 0) throw new ProblemError(...problems);
}
