"""gensim, fastText and rapidvec on one text: same settings, same threads, in turns.

Makes a Python environment with the peers outside the tree, runs the parts that are asked for, checks their bars, and writes the table
(Markdown), all numbers (JSON) and a picture of training speed (SVG). README.md says what is compared and how. Without a corpus it races on
a generated text, which shows speed and memory only. Exit code 1 when a bar is missed or a part failed.
"""

import argparse
import dataclasses
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import environment  # noqa: E402  (some of these find `common` through the line above)
import front_page  # noqa: E402
import quality  # noqa: E402
import report  # noqa: E402
import systems  # noqa: E402
from common import machine  # noqa: E402
from common.racing import made_up_corpus, positive  # noqa: E402
from measuring import Journal, bar_text  # noqa: E402
from parts import PARTS  # noqa: E402
from picture import picture  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "target/release"
MADE_UP = (10_000_000, 60_000)  # tokens and words of the text that is raced on where none is given


class Clock:
    """Prints what is done, with the time and the duration so far."""

    def __init__(self):
        self.start = time.monotonic()

    def __call__(self, text):
        print(f"{time.strftime('%H:%M:%S')} +{time.monotonic() - self.start:.0f} s  {text}", file=sys.stderr, flush=True)


@dataclasses.dataclass
class Context:
    """What the parts need to know."""

    corpus: Path
    tokens: int
    env: environment.Environment
    programs: Path
    work: Path
    systems: list
    rounds: int
    seeds: int
    threads: int
    base: dict
    quality_epochs: int
    large: tuple
    sets: dict
    journal: Journal
    say: Clock
    version: str

    @property
    def corpus_identity(self):
        """What distinguishes this text from others."""
        about = self.corpus.stat()
        return [self.corpus.name, about.st_size, about.st_mtime_ns]

    def program(self, name):
        """One of rapidvec's programs."""
        return self.programs / name

    def fresh_folder(self, name):
        """An empty folder; what was in it is gone."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def over(self, text, tokens):
        """The same over another text."""
        return dataclasses.replace(self, corpus=text, tokens=tokens)

    def large_text(self, tokens, words):
        """A text that is made up, made now where it is not there."""
        return made_up_text(self.programs, self.work, tokens, words, self.say)


def parts_list(text):
    """Names of parts, for argparse."""
    return listed(text, PARTS, "parts")


def systems_list(text):
    """Names of systems, for argparse."""
    return listed(text, systems.SYSTEMS, "systems")


def listed(text, known, what):
    """Names apart by commas, in the known order."""
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"no such {what}: {', '.join(unknown)}; there are {', '.join(known)}")
    return [name for name in known if name in names]


def parser():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("corpus", nargs="?", type=Path, help="text file, a sentence a line (default: one that is made up by Zipf's law)")
    p.add_argument("--parts", type=parts_list, help=f"which parts, apart by commas: {','.join(PARTS)} (default: all; without a corpus "
                                                    "all but quality)")
    p.add_argument("--systems", type=systems_list, default=list(systems.SYSTEMS),
                   help=f"who races: {','.join(systems.SYSTEMS)} (default: all)")
    p.add_argument("--threads", type=positive, default=2, help="threads of each system (default 2)")
    p.add_argument("--rounds", type=positive, default=3, help="rounds; the median counts (default 3)")
    p.add_argument("--seeds", type=positive, default=3, help="seeds for quality; the mean counts (default 3)")
    p.add_argument("--shared", type=Path, default=os.environ.get("RAPIDVEC_SHARED"),
                   help="folder with questions-words.txt, ws353.txt and SimLex999.txt, itself or in its folder eval "
                        "(default: RAPIDVEC_SHARED, then ../shared)")
    p.add_argument("--more-sets", type=Path,
                   help="folder with more sets, which have no bars (default: those of a package from PyPI; none where it cannot be had)")
    p.add_argument("--programs", type=Path, default=PROGRAMS, help="folder of the release programs; built where they are missing")
    p.add_argument("--venv", type=Path, default=environment.default_folder(), help="the peers' Python environment; made if missing")
    p.add_argument("--work", type=Path, default=environment.cache_folder() / "work", help="folder for texts and vectors: 2 GB")
    p.add_argument("--resume", action="store_true", help="take what an earlier race with the same programs has measured")
    p.add_argument("--out", type=Path, help="folder for peers.md, peers.json and peers.svg (default: docs; without a corpus that of --work)")
    p.add_argument("--readme", type=Path, action="append", default=[],
                   help="write picture and a short table also into this README, between its marks `peers`; may be given again")
    p.add_argument("--rewrite", action="store_true", help="measure nothing: write everything again from the peers.json in --out")
    p.add_argument("--smoke", action="store_true", help="all parts, short, on a made-up text, no bars: does it run?")
    return p


def find_peers(args, say):
    """The environment, and who can race."""
    wanted = [name for name in args.systems if name != "rapidvec"]
    env = environment.prepare(args.venv, wanted, say) if wanted else environment.Environment(environment.python_of(args.venv))
    for name, reason in env.missing.items():
        say(f"{systems.NAMES[name]} does not race: {reason}")
    return env, [name for name in args.systems if name == "rapidvec" or name in env.versions]


def sets_of(args, env, say):
    """The files of each measure; None where those of the bars are not there, or nobody asks for them."""
    sets = quality.find_sets([args.shared, ROOT.parent / "shared"], quality.SETS) if "quality" in args.parts else None
    if sets is None:
        return None
    python = env.python if env.versions else sys.executable
    folder = args.more_sets or environment.data_folder(python, environment.cache_folder() / "sets", say)
    return sets | (quality.find_sets([folder], quality.MORE_SETS) or {})


def build(programs, say):
    """rapidvec's programs are there, or a RuntimeError."""
    missing = [name for name in ("rapidvec", "engine_speed", "count_speed", "zipf_text") if not (programs / name).exists()]
    if missing and programs == PROGRAMS:
        say("building rapidvec and the programs of bench")
        machine.run(["cargo", "build", "--release", "--workspace"], cwd=ROOT)
    elif missing:
        raise RuntimeError(f"{programs} has no {', '.join(missing)}: `cargo build --release --workspace` makes them in {PROGRAMS}")


def fill_in(args, say):
    """What was not said on the command line."""
    made_up = args.corpus is None
    if made_up and "quality" in (args.parts or []):
        raise RuntimeError("quality needs a text of a language, and the sets of words for it: name one")
    args.parts = args.parts or [part for part in PARTS if part != "quality" or not made_up]
    args.out = args.out or (args.work if made_up else ROOT / "docs")
    if made_up:
        args.corpus = made_up_text(args.programs, args.work, *MADE_UP, say)


def made_up_text(programs, folder, tokens, words, say):
    """A text that is made up by Zipf's law, made now where it is not there."""
    path = folder / f"zipf-{tokens}-{words}.txt"
    if not path.exists():
        say(f"making up {tokens:,} tokens over {words:,} words")
        folder.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        machine.run([str(programs / "zipf_text"), str(half), "--tokens", str(tokens), "--words", str(words)])
        half.rename(path)
    return path


def context_of(args, say):
    """All that the parts need; a RuntimeError where something is missing."""
    env, racing = find_peers(args, say)
    for readme in args.readme:  # its marks are there: better known before the race than after
        front_page.fill(readme.read_text(encoding="utf-8"), {"corpus": {}, "parts": {}})
    facts = systems.count(args.programs / "count_speed", args.corpus)
    args.facts = {"name": args.corpus.name, "tokens": facts["tokens"], "vocabulary": facts["vocabulary"]}
    args.work.mkdir(parents=True, exist_ok=True)
    version, _ = machine.run([str(args.programs / "rapidvec"), "--version"])
    return Context(
        corpus=args.corpus, tokens=facts["tokens"], env=env, programs=args.programs, work=args.work, systems=racing,
        rounds=args.rounds, seeds=args.seeds, threads=args.threads, base={}, quality_epochs=5, large=(100_000_000, 1_000_000),
        sets=sets_of(args, env, say), say=say, version=version.split()[-1],
        journal=Journal(args.work / "journal.jsonl", args.resume),
    )


def run_parts(context, names, keep):
    """Runs parts one after the other; `keep` gets each result. Returns what went wrong, a sentence each."""
    failed = []
    for name in names:
        before = machine.load_average()
        if before and before[0] > 0.5:
            context.say(f"the machine is busy: load average {before[0]}")
        try:
            result = PARTS[name](context)
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            failed.append(f"part {name}: {type(error).__name__}: {error}")
            context.say(failed[-1])
            continue
        about = {"machine": machine.describe(), "load_average": {"before": before, "after": machine.load_average()},
                 "threads": context.threads, "versions": context.env.versions | {"rapidvec": context.version,
                                                                                "python": systems.python_version()}}
        keep(name, about | result)
    return failed


def earlier(path, facts):
    """Parts of an earlier race over the same text."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found["parts"] if found["corpus"] == facts else {}
    except (OSError, ValueError, KeyError):
        return {}


def write(folder, result, say):
    """The three files."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"peers.json": json.dumps(result, indent=1) + "\n", "peers.md": report.markdown(result), "peers.svg": picture(result)}
    for name, text in texts.items():
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    say(f"wrote {', '.join(name for name, text in texts.items() if text)} in {folder}")


def write_all(args, result, say):
    """The three files, and the READMEs with the table of all parts there are."""
    write(args.out, result, say)
    for readme in args.readme:
        text = front_page.fill(readme.read_text(encoding="utf-8"), result, front_page.language_of(readme))
        readme.write_text(text, encoding="utf-8")
        say(f"wrote the table into {readme}")


def rewrite(args, say):
    """Writes all texts again, from what was measured before."""
    args.out = args.out or ROOT / "docs"
    write_all(args, json.loads((args.out / "peers.json").read_text(encoding="utf-8")), say)


def race(args, context):
    """The race: parts that were run, and what went wrong. Files are written after each part."""
    parts = earlier(args.out / "peers.json", args.facts)
    done = {}

    def keep(name, result):
        if args.smoke:
            result["bars"] = []
        parts[name] = done[name] = result
        ordered = {"corpus": args.facts, "parts": {known: parts[known] for known in PARTS if known in parts}}
        write_all(args, ordered, context.say)

    return done, run_parts(context, args.parts, keep)


def smoke(args, say):
    """All parts on a made-up text, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        args.corpus, args.work, args.out, args.readme = folder / "corpus.txt", folder / "work", folder / "docs", []
        args.rounds = args.seeds = 1
        args.parts = args.parts or list(PARTS)
        made_up_corpus(args.corpus, tokens=100_000)
        quality.made_up_sets(folder / "eval")
        args.shared, args.more_sets, args.resume = folder, folder / "eval", False
        context = context_of(args, say)
        context.quality_epochs, context.large = 1, (50_000, 1_000)
        done, failed = race(args, context)
        print((args.out / "peers.md").read_text(encoding="utf-8") if done else "nothing ran")
    return done, failed


def verdict(done, failed):
    """Prints each bar and each failure; the exit code."""
    bars = [found for part in done.values() for found in part["bars"]]
    for found in bars:
        print(f"{'met   ' if found['met'] else 'MISSED'}  {bar_text(found)}")
    for text in failed:
        print(f"FAILED  {text}")
    return 0 if not failed and all(found["met"] for found in bars) else 1


def main():
    args = parser().parse_args()
    say = Clock()
    try:
        if args.rewrite:
            return rewrite(args, say)
        build(args.programs, say)
        if not args.smoke:
            fill_in(args, say)
        done, failed = smoke(args, say) if args.smoke else race(args, context_of(args, say))
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print("interrupted; parts that were done are written, --resume takes up the rest", file=sys.stderr)
        sys.exit(130)
    sys.exit(verdict(done, failed))


if __name__ == "__main__":
    main()
