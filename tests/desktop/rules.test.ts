// What the icon beside the clock says in which state, when it is there at all, and what closing and quitting mean (UX 2.7, FEATURES A14.4).
import { describe, expect, test } from 'vitest';
import type { Preferences } from '../../src-main/desktop/preferences.ts';
import { asksAfterGoingLive, onClose, onQuit, quitQuestion, showsTray, switchQuestion, type Closing } from '../../src-main/desktop/leaving.ts';
import type { Standing } from '../../src-main/desktop/standing.ts';
import { inWords, menuTemplate, trayImage } from '../../src-main/desktop/tray-view.ts';
import { trayMenu } from '../../src-main/desktop/tray-menu.ts';
import { inProgramLanguage } from '../../src-main/languages.ts';
import { problem } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { existsSync } from 'node:fs';
import { BUSY, NOON, standing, STOPPED } from './standing-fixture.ts';

const FRESH: Preferences = { keepRunning: null, asksBeforeQuit: true, atLogin: false, language: null, explained: false };
const NONE: Standing = { kind: 'none' };
const DOWN: Standing = { kind: 'down' };
const HOUR = 3_600_000;

describe('the line in the menu', () => {
  test.each<[string, Standing, boolean, string, string]>([
    ['nothing open', NONE, false, 'No workspace is open', 'Intet arbejdsområde er åbent'],
    ['the machine is gone', DOWN, false, 'Stopped: Kanal cannot reach the workspace', 'Stoppet: Kanal kan ikke nå arbejdsområdet'],
    ['nothing live', standing(), false, 'No flow is live', 'Intet flow er aktivt'],
    ['one flow, nobody in it', standing({ liveFlows: 1 }), false, 'Running: 1 flow, nothing due', 'Kører: 1 flow, intet planlagt'],
    ['later today', standing({ liveFlows: 3, nextDueAt: NOON + 65 * 60_000 }), false, 'Running: 3 flows, next at 14.05', 'Kører: 3 flows, næste kl. 14.05'],
    ['tomorrow', standing({ liveFlows: 3, nextDueAt: NOON + 20 * HOUR }), false, 'Running: 3 flows, next on 23. nov. 2026, 09.00', 'Kører: 3 flows, næste den 23. nov. 2026, 09.00'],
    ['due this very moment', standing({ liveFlows: 2, nextDueAt: NOON }), false, 'Running: 2 flows, at work now', 'Kører: 2 flows, i gang nu'],
    ['stopped', STOPPED, false, 'Stopped since 13.00', 'Stoppet siden 13.00'],
    ['stopping', BUSY, true, 'Stopping …', 'Stopper …'],
    ['may not run where the file lies', standing({ liveFlows: 3, running: false }), false, 'Flows do not run', 'Flows kører ikke'],
  ])('%s', (_what, now, isStopping, english, danish) => {
    const { line } = trayMenu(now, NOON, isStopping);
    expect(inEnglish(line)).toBe(english);
    expect(inProgramLanguage(line, 'da')).toBe(danish);
  });

  test('midnight is that of the workspace, not of the computer', () => {
    const late = NOON + 11.5 * HOUR;
    const inAuckland = standing({ liveFlows: 1, nextDueAt: late }, { timeZone: 'Pacific/Auckland', locale: 'en-GB' });
    expect(inEnglish(trayMenu(inAuckland, NOON, false).line)).toContain('next at 12:30');
    const inCopenhagen = standing({ liveFlows: 1, nextDueAt: late }, { locale: 'en-GB' });
    expect(inEnglish(trayMenu(inCopenhagen, NOON, false).line)).toContain('23 Nov 2026');
  });
});

describe('what can be done', () => {
  const acts = (now: Standing, isStopping = false) =>
    trayMenu(now, NOON, isStopping).items.flatMap((item) => (item.kind === 'act' && item.enabled ? [item.act] : []));
  test.each<[string, string[], string[], 'running' | 'stopped']>([
    ['nothing open', acts(NONE), ['open', 'quit'], trayMenu(NONE, NOON, false).icon],
    ['the machine is gone', acts(DOWN), ['open', 'quit'], trayMenu(DOWN, NOON, false).icon],
    ['stopped', acts(STOPPED), ['open', 'start', 'quit'], trayMenu(STOPPED, NOON, false).icon],
    ['stopping', acts(BUSY, true), ['open', 'quit'], trayMenu(BUSY, NOON, true).icon],
  ])('%s', (_what, found, expected, icon) => {
    expect([found, icon]).toEqual([expected, 'stopped']);
  });
  test('running: one press stops everything', () => expect([acts(BUSY), trayMenu(BUSY, NOON, false).icon]).toEqual([['open', 'stop', 'quit'], 'running']));
  test('nothing live: it can be stopped all the same, since drafts may be published at any time', () => expect(acts(standing())).toContain('stop'));

  test('the name and the trouble stand there too; long sentences are cut, an ampersand stays one', () => {
    const trouble = problem('offline', say('The server {server} does not answer.', { server: 'x'.repeat(200) }));
    const view = inWords(trayMenu(standing({ liveFlows: 1, sendingPaused: trouble }), NOON, false), inEnglish);
    const labels = menuTemplate(view, () => undefined).flatMap((item) => ('label' in item ? [item.label] : []));
    expect(labels[0]).toBe('Bakery && Sons');
    expect(labels[2]).toMatch(/^The server x+…$/);
    expect(labels[2]).toHaveLength(90);
    expect(view.tooltip).toBe('Kanal: Running: 1 flow, nothing due');
  });

  test.each(['darwin', 'win32', 'linux'])('every picture is there on %s, for fine screens too', (platform) => {
    for (const icon of ['running', 'stopped'] as const)
      for (const isDark of [true, false]) {
        const file = trayImage(platform, icon, isDark);
        expect([existsSync(file), existsSync(file.replace('.png', '@2x.png'))]).toEqual([true, true]);
        if (platform === 'darwin') expect(file).toMatch(/Template\.png$/);
      }
  });
});

describe('the icon', () => {
  const linux = { platform: 'linux', tray: true };
  test.each<[string, Parameters<typeof showsTray>, boolean]>([
    ['is not there before a flow was live', [linux, true, standing(), FRESH], false],
    ['comes with the first live flow', [linux, true, BUSY, FRESH], true],
    ['stays while everything is stopped: there one starts again', [linux, true, STOPPED, FRESH], true],
    ['is not wanted', [linux, true, BUSY, { ...FRESH, keepRunning: false }], false],
    ['is always there when the program has no window', [linux, false, NONE, { ...FRESH, keepRunning: false }], true],
    ['is not needed for that where there is a dock', [{ platform: 'darwin', tray: true }, false, NONE, FRESH], false],
    ['is never there where it would not be seen', [{ platform: 'linux', tray: false }, true, BUSY, FRESH], false],
  ])('%s', (_what, given, expected) => expect(showsTray(...given)).toBe(expected));
});

describe('closing the window', () => {
  const keep = { ...FRESH, keepRunning: true };
  test.each<[string, string, boolean, Standing, Preferences, Closing]>([
    ['no workspace', 'linux', true, NONE, keep, 'quit'],
    ['the machine is gone', 'win32', true, DOWN, keep, 'quit'],
    ['nothing live', 'linux', true, standing(), keep, 'quit'],
    ['stopped by the user: nothing would go on', 'linux', true, STOPPED, keep, 'quit'],
    ['live, never asked', 'win32', true, BUSY, FRESH, 'ask'],
    ['live, wanted, never explained', 'win32', true, BUSY, keep, 'explain'],
    ['live, wanted, explained', 'linux', true, BUSY, { ...keep, explained: true }, 'hide'],
    ['live, not wanted', 'linux', true, BUSY, { ...FRESH, keepRunning: false }, 'confirm'],
    ['live, not wanted, not asked any more', 'linux', true, BUSY, { ...FRESH, keepRunning: false, asksBeforeQuit: false }, 'quit'],
    ['live, wanted, but no place for an icon', 'linux', false, BUSY, { ...keep, explained: true }, 'confirm'],
    ['live, never asked, no place for an icon', 'linux', false, BUSY, FRESH, 'confirm'],
    ['only the sample runs, which reaches nobody', 'linux', true, standing({ liveFlows: 2 }, { isSample: true }), keep, 'quit'],
    ['with a dock', 'darwin', true, BUSY, FRESH, 'stay'],
    ['with a dock, nothing live', 'darwin', true, NONE, FRESH, 'stay'],
  ])('%s', (_what, platform, tray, now, preferences, expected) => expect(onClose({ platform, tray }, now, preferences)).toBe(expected));
});

describe('quitting', () => {
  test.each<[string, Standing, Partial<Preferences>, 'confirm' | 'quit']>([
    ['flows run', BUSY, {}, 'confirm'],
    ['flows run, and the user does not want to be asked', BUSY, { asksBeforeQuit: false }, 'quit'],
    ['stopped already', STOPPED, {}, 'quit'],
    ['nothing live', standing(), {}, 'quit'],
    ['nothing open', NONE, {}, 'quit'],
  ])('%s', (_what, now, change, expected) => expect(onQuit(now, { ...FRESH, ...change })).toBe(expected));

  test('the question counts what would stop, and says why it cannot go on unseen', () => {
    const seen = quitQuestion(BUSY, { platform: 'win32', tray: true });
    expect(inEnglish(seen.message)).toBe('3 flows are running. Quit Kanal all the same?');
    expect(inProgramLanguage(seen.message, 'pl')).toBe('Działają 3 scenariusze. Mimo to zakończyć Kanal?');
    expect(inEnglish(quitQuestion(BUSY, { platform: 'linux', tray: false }).detail)).toContain('no icons beside the clock');
  });
});

test('asked once, when the first flow of a workspace goes live, and not when a workspace with live flows is opened', () => {
  const here = { platform: 'linux', tray: true };
  expect(asksAfterGoingLive(here, standing(), BUSY, FRESH)).toBe(true);
  expect(asksAfterGoingLive(here, NONE, BUSY, FRESH)).toBe(false);
  expect(asksAfterGoingLive(here, standing({}, { file: '/other.kanal' }), BUSY, FRESH)).toBe(false);
  expect(asksAfterGoingLive(here, BUSY, BUSY, FRESH)).toBe(false);
  expect(asksAfterGoingLive(here, standing(), BUSY, { ...FRESH, keepRunning: false })).toBe(false);
  expect(asksAfterGoingLive({ ...here, tray: false }, standing(), BUSY, FRESH)).toBe(false);
});

test('another workspace from outside: asked only where flows would stop', () => {
  expect(switchQuestion(BUSY, '/other.kanal')).not.toBeNull();
  expect(switchQuestion(BUSY, '/clients/bakery.kanal')).toBeNull();
  expect(switchQuestion(STOPPED, '/other.kanal')).toBeNull();
  expect(switchQuestion(NONE, '/other.kanal')).toBeNull();
});
