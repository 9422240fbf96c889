// A reader thread: answers one read after the other from a read-only connection of its own, while the machine goes on.
import { parentPort, workerData } from 'node:worker_threads';
import { ProblemError } from '../../shared/problem.ts';
import { systemClock } from '../clock.ts';
import { nothingKept } from '../store/contact-list.ts';
import { askWhileReading, GivenUp, stopIfUnwanted } from '../store/interruption.ts';
import { openForReading } from '../store/reading-connection.ts';
import { perform, type ReaderStart, type ReadingMessage, type ReadingRequest } from './readings.ts';

const port = parentPort;
if (port === null) throw new Error('The reading thread was started as a program');

const { file, unwanted, cacheKilobytes } = workerData as ReaderStart;
const db = openForReading(file, cacheKilobytes);
const unwantedId = new Int32Array(unwanted);
const kept = nothingKept();
let current = 0;
askWhileReading(db, () => Atomics.load(unwantedId, 0) === current);

async function answer({ id, name, asked, now, outOfTurn }: ReadingRequest): Promise<ReadingMessage> {
  current = id;
  kept.outOfTurn = outOfTurn;
  try {
    // A thread that starts on a busy computer may be late: nothing is begun any more, and so no half file either.
    stopIfUnwanted(db);
    // The answer is that of the instant at which it was asked for, by the clock of the workspace.
    return { id, answer: await perform({ db, clock: { ...systemClock, now: () => now } }, name, asked, kept) };
  } catch (error) {
    if (error instanceof GivenUp) return { id, givenUp: true };
    if (error instanceof ProblemError) return { id, problems: error.problems };
    return { id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

port.on('message', (request: ReadingRequest) => void answer(request).then((message) => port.postMessage(message)));
