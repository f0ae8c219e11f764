import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

interface Event {
  verb: string;
  stage: string;
  user: { username: string };
  impersonatedUser?: { username: string };
  objectRef?: { resource?: string };
}

/** The API server's audit log, from now on. */
export class Audit {
  readonly #file: string;
  readonly #from: number;

  constructor(file: string | null) {
    if (!file) throw new Error('this control plane writes no audit log');
    this.#file = file;
    this.#from = statSync(file).size;
  }

  /** Access reviews of these people since. */
  reviews(people: Iterable<string>): number {
    const wanted = new Set(people);
    return this.#events().filter(
      ({ stage, objectRef, impersonatedUser, user }) =>
        stage === 'ResponseComplete' &&
        objectRef?.resource === 'selfsubjectaccessreviews' &&
        wanted.has(impersonatedUser?.username ?? user.username),
    ).length;
  }

  #events(): Event[] {
    const file = openSync(this.#file, 'r');
    try {
      const text = Buffer.alloc(fstatSync(file).size - this.#from);
      readSync(file, text, 0, text.length, this.#from);
      const lines = text.toString().split('\n');
      // The last one is being written.
      return lines.slice(0, -1).map(line => JSON.parse(line) as Event);
    } finally {
      closeSync(file);
    }
  }
}
