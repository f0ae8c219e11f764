// Runs in the page before its own scripts. It looks at each frame whether what is waited for is visible, adds up long
// tasks, and finds the memory of WebAssembly, which is not part of the JavaScript heap.

export interface Wanted {
  /** An element of the first row: a selector, and a text in it. */
  row: string;
  rowText: string;
  /** What says that the page can be used; where there is nothing, it can be as soon as there is a row. */
  usable: string | null;
  /** A button to be clicked as soon as it is visible, and what it brings. */
  create: { button: string; buttonText: string; answer: string } | null;
}

export interface InPage {
  /** Milliseconds since the page was asked for. */
  row?: number;
  usable?: number;
  /** The same, from the first page on if the click led to another. */
  clicked?: number;
  answered?: number;
  blocked: number;
  longest: number;
  memories: Set<WebAssembly.Memory>;
  /** Resolves, with the wall clock, when the text is in the page. */
  waitFor: (selector: string, text: string) => Promise<number>;
}

export function inPage(wanted: Wanted): void {
  if (window !== window.top || !location.protocol.startsWith('http')) return;
  const found: InPage = { blocked: 0, longest: 0, memories: new Set(), waitFor };
  (window as unknown as { bench: InPage }).bench = found;

  function isVisible(element: Element): boolean {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && getComputedStyle(element).visibility === 'visible';
  }
  function isShown(selector: string, text: string): HTMLElement | undefined {
    const all = [...document.querySelectorAll<HTMLElement>(selector)];
    return all.find(element => element.textContent.includes(text) && isVisible(element));
  }
  function waitFor(selector: string, text: string): Promise<number> {
    return new Promise(done => {
      const observer = new MutationObserver(look);
      function look() {
        if (!isShown(selector, text)) return;
        observer.disconnect();
        done(Date.now());
      }
      observer.observe(document, { subtree: true, childList: true, characterData: true });
      look();
    });
  }

  // A click may lead to another page: the tab remembers when the first one was asked for.
  const started = Number(sessionStorage.getItem('bench-started') ?? performance.timeOrigin);
  sessionStorage.setItem('bench-started', String(started));
  const sinceStart = () => performance.timeOrigin + performance.now() - started;

  function look(): void {
    // In the next frame: what is seen now is painted at its end.
    const note = (what: 'row' | 'usable' | 'answered') => requestAnimationFrame(() => (found[what] ??= sinceStart()));
    if (found.row === undefined && isShown(wanted.row, wanted.rowText)) note('row');
    const isUsable = wanted.usable ? document.querySelector(wanted.usable) : found.row !== undefined;
    if (found.usable === undefined && isUsable) note('usable');
    if (wanted.create) {
      const { button, buttonText, answer } = wanted.create;
      if (!sessionStorage.getItem('bench-clicked')) {
        const target = isShown(button, buttonText);
        if (target) {
          sessionStorage.setItem('bench-clicked', String(sinceStart()));
          target.click();
        }
      } else if (found.answered === undefined && isShown(answer, '')) {
        found.clicked = Number(sessionStorage.getItem('bench-clicked'));
        note('answered');
      }
    }
    const isDone = found.row !== undefined && found.usable !== undefined && (!wanted.create || found.answered !== undefined);
    if (!isDone) requestAnimationFrame(look);
  }
  requestAnimationFrame(look);

  new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) {
      found.blocked += Math.max(0, duration - 50);
      found.longest = Math.max(found.longest, duration);
    }
  }).observe({ type: 'longtask', buffered: true });

  for (const name of ['instantiate', 'instantiateStreaming'] as const) {
    const real = WebAssembly[name] as (...of: unknown[]) => Promise<unknown>;
    (WebAssembly as unknown as Record<string, unknown>)[name] = async (...of: unknown[]) => {
      const made = (await real.apply(WebAssembly, of)) as WebAssembly.Instance | { instance: WebAssembly.Instance };
      const { exports } = 'instance' in made ? made.instance : made;
      for (const value of Object.values(exports)) if (value instanceof WebAssembly.Memory) found.memories.add(value);
      return made;
    };
  }
  const Memory = WebAssembly.Memory;
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, of: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(...of);
      found.memories.add(memory);
      return memory;
    },
  });
}
