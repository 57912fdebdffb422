import { relative } from "node:path";
import { inject, TestRunner } from "vitest";
import { append, recorded } from "./records.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The mutant that is switched on from the start, while modules are loaded too. */
    mutant?: string;
  }
}

/** The variable that instrumented code reads and writes: Stryker's contract with its test runners. */
interface Switches {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: { static: Hits; perTest: Record<string, Hits> };
  /** Ends loops that a mutant has made endless. */
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}
type Hits = Readonly<Record<string, number>>;

const holder: { __stryker__?: Switches } = globalThis as typeof globalThis & { __stryker__?: Switches };
holder.__stryker__ ??= {};
const switches = holder.__stryker__;

type Test = Parameters<NonNullable<TestRunner["onBeforeTryTask"]>>[0];

/** ms. A slower test is not run again for every mutant. */
const slow = 300;

/** ms for all mutants of one test. Some wait in vain with every mutant; what is left then is tried from the start. */
const patience = 5_000;
const folder = process.cwd();

/** Endless loops end here where it is not known how often the mutated code runs. */
const hitsOfARun = 1_000_000;

/** Enough for every loop that ends. */
const hitsAllowed = (hits: number): number => hits * 100 + 1_000;

/**
 * Runs each test as usual, and then its body once more for every mutant of the code that it ran, in the same process: a
 * thousandth of the time of a run of the file. A body that cannot run twice, or not after a mutant, is left alone.
 */
export default class MutantRunner extends TestRunner {
  readonly #mutant = inject("mutant");
  readonly #untried = new Set<string>();
  #milliseconds = 0;
  readonly #caught = new Set(recorded(folder, "caught").map(({ id }) => id));

  constructor(...config: ConstructorParameters<typeof TestRunner>) {
    super(...config);
    this.#switchOn(this.#mutant, hitsOfARun);
  }

  async runTask(test: Test): Promise<void> {
    const body = TestRunner.getTestFn(test);
    if (this.#mutant !== undefined) {
      await body();
      return;
    }
    switches.currentTestId = test.id;
    const start = performance.now();
    let tried: readonly string[] = [];
    try {
      await body();
      const milliseconds = performance.now() - start;
      this.#milliseconds += milliseconds;
      if (milliseconds < slow) {
        tried = await this.#tryMutants(test, body, this.#hitsOf(test), milliseconds);
      }
    } finally {
      for (const id of Object.keys(this.#hitsOf(test))) {
        if (!tried.includes(id)) {
          this.#untried.add(id);
        }
      }
      switches.currentTestId = undefined;
      this.#switchOn(undefined);
    }
  }

  #hitsOf({ id }: Test): Hits {
    return switches.mutantCoverage?.perTest[id] ?? {};
  }

  /** Returns the mutants whose turn has come. */
  async #tryMutants(test: Test, body: () => unknown, hits: Hits, milliseconds: number): Promise<string[]> {
    switches.currentTestId = "again";
    const limit = 500 + milliseconds * 20;
    const end = performance.now() + patience;
    const passes = async (mutant?: string) => {
      this.#switchOn(mutant, hitsAllowed(mutant === undefined ? 0 : (hits[mutant] ?? 0)));
      return await isKept(body, limit);
    };
    const tried = Object.keys(hits).filter((id) => this.#caught.has(id));
    const open = Object.keys(hits).filter((id) => !this.#caught.has(id));
    let canRunAgain = open.length > 0 && (await passes());
    for (const id of open) {
      if (!canRunAgain || performance.now() > end) {
        break;
      }
      tried.push(id);
      if (!(await passes(id))) {
        this.#caught.add(id);
        append(folder, "caught", { id, by: `${relative(folder, test.file.filepath)}: ${test.name}` });
        canRunAgain = await passes();
      }
    }
    return tried;
  }

  #switchOn(mutant: string | undefined, hitLimit?: number): void {
    switches.activeMutant = mutant;
    switches.hitCount = mutant === undefined ? undefined : 0;
    switches.hitLimit = mutant === undefined ? undefined : hitLimit;
  }

  override onAfterRunFiles(files: Parameters<TestRunner["onAfterRunFiles"]>[0]): void {
    super.onAfterRunFiles(files);
    const [file] = files;
    if (this.#mutant === undefined && file !== undefined) {
      const { static: outside = {}, perTest = {} } = switches.mutantCoverage ?? {};
      const inTests = new Set(Object.values(perTest).flatMap((hits) => Object.keys(hits)));
      const testFile = relative(folder, file.filepath);
      append(folder, "covered", {
        testFile,
        milliseconds: Math.round(this.#milliseconds),
        inTests: [...inTests],
        untried: [...this.#untried],
        outside: Object.keys(outside),
      });
    }
  }
}

async function isKept(body: () => unknown, limit: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("too slow")), limit);
  });
  try {
    await Promise.race([body(), tooLate]);
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
