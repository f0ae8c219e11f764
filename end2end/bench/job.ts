// What a run of the bench is told, and what it finds out.

import { passwords } from './musterbook.ts';

/** Written by xtask/src/bench.rs. */
export interface Job {
  /** The cluster's name; figures are kept under it. */
  scene: string;
  measures: string[];
  /** Of the console. */
  url: string;
  peopleFile: string;
  adminKubeconfig: string;
  apiServer: string;
  /** Of the control plane. */
  planeFolder: string;
  auditLog: string | null;
  serverPid: number;
  planePid: number;
  /** The program that fills clusters and makes load. */
  controlPlane: string;
  chromium: string;
  /** Folder with Headlamp, built; without it only Musterbook is measured. */
  headlamp: string | null;
  /** From the start of the server's process to its being ready. */
  startSeconds: number;
  out: string;
}

/** A figure's name is SCENE/WHAT. */
export type Figures = Record<string, number>;

export class Bench {
  readonly job: Job;
  readonly figures: Figures = {};
  readonly passwords: Map<string, string>;

  constructor(job: Job) {
    this.job = job;
    this.passwords = passwords(job.peopleFile);
  }

  record(what: string, value: number): void {
    this.figures[`${this.job.scene}/${what}`] = value;
  }
}
