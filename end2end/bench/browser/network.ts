// Bytes on the wire, headers included, as the browser's own tools count them.

import type { CDPSession } from '@playwright/test';

interface Received {
  /** Of what came so far. */
  at: number;
  bytes: number;
}

export class Network {
  readonly #received: Received[] = [];
  readonly #open = new Map<string, number>();
  #wallClock: number | undefined;
  requests = 0;
  failed = 0;

  static async watch(cdp: CDPSession): Promise<Network> {
    const network = new Network();
    cdp.on('Network.requestWillBeSent', ({ requestId, request, timestamp, wallTime, redirectResponse }) => {
      if (!request.url.startsWith('http')) return;
      network.#wallClock ??= wallTime - timestamp;
      if (redirectResponse) network.#add(timestamp, redirectResponse.encodedDataLength);
      network.requests += 1;
      network.#open.set(requestId, 0);
    });
    // Headers, then parts of the body; what no event told is added at the end.
    cdp.on('Network.responseReceived', ({ requestId, timestamp, response }) => {
      network.#part(requestId, timestamp, response.encodedDataLength);
    });
    cdp.on('Network.dataReceived', ({ requestId, timestamp, encodedDataLength }) => {
      network.#part(requestId, timestamp, encodedDataLength);
    });
    cdp.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) => {
      const told = network.#open.get(requestId);
      if (told !== undefined) network.#add(timestamp, encodedDataLength - told);
    });
    cdp.on('Network.loadingFailed', () => (network.failed += 1));
    cdp.on('Network.webSocketFrameReceived', ({ timestamp, response }) => {
      const { opcode, payloadData } = response;
      network.#add(timestamp, opcode === 2 ? (payloadData.length * 3) / 4 : Buffer.byteLength(payloadData));
    });
    await cdp.send('Network.enable');
    return network;
  }

  #part(request: string, at: number, bytes: number): void {
    const told = this.#open.get(request);
    if (told === undefined) return;
    this.#open.set(request, told + bytes);
    this.#add(at, bytes);
  }

  #add(at: number, bytes: number): void {
    this.#received.push({ at, bytes });
  }

  /** In all, or up to a moment of the wall clock in milliseconds. */
  bytes(until = Infinity): number {
    const limit = until / 1_000 - (this.#wallClock ?? 0);
    return this.#received.reduce((sum, { at, bytes }) => (at <= limit ? sum + bytes : sum), 0);
  }
}
