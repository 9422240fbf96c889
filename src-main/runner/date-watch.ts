// Has every trigger of the live flows that looks at the clock do so when its time has come, and takes in whom it finds, some at a time.
import { DAY, type Instant } from '../../shared/time.ts';
import { knownCalendars } from '../store/calendars.ts';
import { transaction } from '../store/database.ts';
import { datesChecked, setDatesChecked } from '../store/hearings.ts';
import type { Workspace } from '../workspace.ts';
import { zonesOf } from './date-triggers.ts';
import { letIn } from './entering.ts';
import type { Published } from './published.ts';
import { tolerant } from './unaskable.ts';
import { look, nextLook, noteLook, type Look, type Scene, type WatchedTrigger } from './watched-triggers.ts';

/** How many come in within one transaction: a date may be that of everybody. */
const TAKEN_AT_ONCE = 500;
/** A clock that goes back by less than this is believed to show again what it has shown before. */
const FAR_AHEAD = DAY;

/** The flows that run now, by id. */
type Live = ReadonlyMap<number, Published>;

export type DateWatch = {
  /** When a trigger looks next; `null` where no live flow has one. */
  next(live: Live): Instant | null;
  /** Does a part of what is due now; answers false when nothing is. */
  work(live: Live): boolean;
};

export function createDateWatch(workspace: Workspace): DateWatch {
  /** By trigger: when it looks next, as long as its version and its last look, the zones and the calendars are the same. */
  let ahead = new Map<string, { asked: string; at: Instant }>();
  /** The zones in which people lived when it was last asked what is due. */
  let before: { scene: Scene; at: Instant } | null = null;
  /** A look whose people are not all in yet. It is noted when they are, so a crash only has it looked again. */
  let entering: { trigger: WatchedTrigger; found: Look; taken: number } | null = null;

  function sceneOf(): Scene & { calendars: { signature: string } } {
    return { zones: zonesOf(workspace), calendars: knownCalendars(workspace) };
  }

  function watched(live: Live): { trigger: WatchedTrigger; version: number; checked: Instant }[] {
    return [...live.values()].flatMap(({ watchedTriggers, version, publishedAt }) => watchedTriggers.map((trigger) => ({ trigger, version, checked: checkedUntil(trigger, publishedAt) })));
  }

  /**
   * A trigger that has not begun to look begins now: what is past stays past. So does one that has looked far ahead of now, by a clock that has
   * been set right since (FAULTS F16): each occurrence still lets nobody in twice. A clock that shows a time before the flow ran is the wrong one.
   */
  function checkedUntil({ flowId, triggerId }: WatchedTrigger, publishedAt: Instant): Instant {
    const checked = datesChecked(workspace, flowId, triggerId);
    const now = workspace.clock.now();
    if (checked !== null && (checked <= now + FAR_AHEAD || now < publishedAt)) return checked;
    setDatesChecked(workspace, flowId, triggerId, now);
    return now;
  }

  /**
   * The first to live in a zone are not taken in on times that were over there before they came: whoever has looked as far as that in the
   * zones of before has looked as far in theirs.
   */
  function noteZones(triggers: ReturnType<typeof watched>, scene: Scene): void {
    const now = workspace.clock.now();
    const came = before !== null && scene.zones.some(({ zone }) => !before!.scene.zones.some((each) => each.zone === zone));
    for (const each of came ? triggers : []) {
      const { at } = before!;
      if (each.checked >= at || nextLook(each.trigger, each.checked, before!.scene) <= at) continue;
      setDatesChecked(workspace, each.trigger.flowId, each.trigger.triggerId, at);
      each.checked = at;
    }
    before = { scene, at: now };
  }

  /** All triggers, with when they look next. Reckoned anew is only what has changed: from one day to the next may be months in each zone. */
  function lookAhead(live: Live): { trigger: WatchedTrigger; checked: Instant; scene: Scene; at: Instant }[] {
    const triggers = watched(live);
    if (triggers.length === 0) return [];
    const scene = sceneOf();
    noteZones(triggers, scene);
    const signature = JSON.stringify([scene.zones, scene.calendars.signature]);
    const known = ahead;
    ahead = new Map();
    return triggers.map(({ trigger, version, checked }) => {
      const key = `${trigger.flowId}:${trigger.triggerId}`;
      const asked = `${version} ${checked} ${signature}`;
      const same = known.get(key);
      const reckoned = same?.asked === asked ? same : { asked, at: nextLook(trigger, checked, scene) };
      ahead.set(key, reckoned);
      return { trigger, checked, scene, at: reckoned.at };
    });
  }

  function next(live: Live): Instant | null {
    const all = lookAhead(live);
    return all.length === 0 ? null : Math.min(...all.map(({ at }) => at));
  }

  function goOnEntering(live: Live): boolean {
    if (entering === null) return false;
    const { trigger, found, taken } = entering;
    const into = live.get(trigger.flowId);
    // Paused, archived or published anew in between: then the look is not noted, and whoever still counts is found again.
    if (into === undefined || !into.watchedTriggers.some(({ triggerId }) => triggerId === trigger.triggerId)) {
      entering = null;
      return true;
    }
    const some = found.candidates.slice(taken, taken + TAKEN_AT_ONCE);
    entering.taken += some.length;
    const isLast = entering.taken >= found.candidates.length;
    transaction(workspace.db, () => {
      letIn(workspace, into, some, 'flow');
      if (isLast) noteLook(workspace, trigger, found);
    });
    if (isLast) entering = null;
    return true;
  }

  return {
    next,
    work(live) {
      if (goOnEntering(live)) return true;
      const now = workspace.clock.now();
      const first = lookAhead(live).find(({ at }) => at <= now);
      if (first === undefined) return false;
      const { trigger, checked, scene } = first;
      let found: Look = { candidates: [], missed: 0, checked, from: checked, until: now };
      tolerant(() => void (found = look(workspace, trigger, scene, checked, now)));
      entering = { trigger, found, taken: 0 };
      return goOnEntering(live);
    },
  };
}
