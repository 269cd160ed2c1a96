"""Runs every command of rapidvec on mutants of every kind of file, and reports what a hostile file must not bring about.

A panic, an abort, a hang (5 s of the processor's time), more memory than the files' sizes and 64 MB, escapes on a terminal, an output
of a command that failed, a temporary file left behind, an output that `verify` refuses. Each mutant follows from `--seed`, its kind
and its number, so that a report is enough to make it again (`--only KIND:NUMBER`). Exit code 1 if anything was found.
"""

import argparse
import collections
import concurrent.futures
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import formats
import running

OUTPUTS = ["safetensors", "txt", "glove", "bin", "npz", "pkl", "vec.gz"]
SMALL = ["--vector-size", "4", "--epochs", "1", "--threads", "1"]

# Commands on a model M. `{}` stands for the number of the mutant.
OF_MODELS = {
    "info": ["info", "M"],
    "verify": ["verify", "M"],
    "similar": ["similar", "M", "you", "-k", "3"],
    "similar -": ["similar", "M", "-"],
    "analogy": ["analogy", "M", "you", "i", "say"],
    "odd": ["odd", "M", "you", "i", "say"],
    "similarity": ["similarity", "M", "you", "i"],
    "rank": ["rank", "M", "you", "i"],
    "weat": ["weat", "M", "-x", "you", "-y", "i", "-a", "goodbye", "-b", "hello"],
    "axis": ["axis", "M", "--from", "you", "--to", "i"],
    "align": ["align", "M", "M"],
    "average": ["average", "M", "M", "-o", "out.mean.safetensors"],
    "embed": ["embed", "M"],
    "eval": ["eval", "M", "Q"],
    "project": ["project", "M", "-o", "out.project"],
    "map": ["map", "M", "-o", "out.svg"],
    "map page": ["map", "M", "-o", "out.html"],
    "plot": ["plot", "M", "-o", "out.plot.svg"],
    "train --init": ["train", "T", "-o", "out.model", "--init", "M", "--min-count", "1", *SMALL],
    "train --resume": ["train", "--resume", "M", "--threads", "1", "--progress", "none"],
    **{f"convert .{ending}": ["convert", "M", f"out.{ending}"] for ending in OUTPUTS},
    "convert --to fasttext": ["convert", "M", "out.ft.bin", "--to", "fasttext"],
    "convert --half --top": ["convert", "M", "out.npz", "--half", "--top", "3"],
    "convert --limit": ["convert", "M", "out.bin", "--limit", "2", "--allow-nan", "--invalid-words", "replace"],
}
OF_TEXTS = {
    "vocab": ["vocab", "M"],
    "vocab -o": ["vocab", "M", "-o", "out.vocab", "--min-count", "1"],
    "train": ["train", "M", "-o", "out.model", "--min-count", "1", *SMALL],
    "train --hs": ["train", "M", "-o", "out.model", "--min-count", "1", "--model", "skipgram", "--hierarchical-softmax", *SMALL],
    "train textbook": ["train", "--trainer", "textbook", "M", "-o", "out.model", "--negatives", "2", "--window", "2", *SMALL],
    "train --valid": ["train", "T", "-o", "out.model", "--valid", "M", "--min-count", "1", *SMALL],
    "train --vocab": ["train", "T", "-o", "out.model", "--vocab", "M", *SMALL],
    "embed": ["embed", "S", "-"],
    "similar -": ["similar", "S", "-"],
    "map --words": ["map", "S", "-o", "out.svg", "--words", "M"],
}
OF_QUESTIONS = {"eval": ["eval", "S", "M"], "analogy -": ["analogy", "S", "-"]}


def commands_of(kind):
    """The commands for a mutant of this kind."""
    return {"corpus": OF_TEXTS, "questions": OF_QUESTIONS}.get(kind, OF_MODELS)


def seeds(program, folder):
    """Models and checkpoints that rapidvec writes: what only it can make."""
    text = folder / "seed.txt"
    words = formats.WORDS + ["the", "a", "cat", "dog"]
    text.write_text("\n".join(" ".join(words[(i * 7 + j * j) % 12] for j in range(11)) for i in range(200)), encoding="utf-8")

    def train(name, *flags):
        made = subprocess.run([program, "-q", "train", text, "-o", folder / name, "--force", *SMALL, *flags], capture_output=True, cwd=folder)
        if made.returncode not in (0, 130):
            sys.exit(f"no seed: {made.stderr.decode()}")
        return (folder / name).read_bytes()

    def interrupted(name, *flags):
        long = ["--vector-size", "4", "--threads", "1", "--epochs", "400", "--checkpoint-every", "0.01"]
        process = subprocess.Popen([program, "-q", "train", text, "-o", folder / name, *long, *flags], cwd=folder)
        while not (folder / name).exists():
            if process.poll() is not None:
                sys.exit("a training of a checkpoint ended before it wrote one")
            time.sleep(0.002)
        process.kill()
        process.wait()
        return (folder / name).read_bytes()

    textbook = ["--trainer", "textbook", "--negatives", "2", "--window", "2"]
    fast = ["--min-count", "1"]
    models = [train("seed.a", *fast), train("seed.b", *fast, "--hierarchical-softmax"), train("seed.c", *textbook),
              train("seed.g", *fast, "--subwords")]
    checkpoints = [interrupted("seed.d", *fast), interrupted("seed.e", *textbook), interrupted("seed.f", *textbook, "--optimizer", "sgd"),
                   interrupted("seed.h", *fast, "--subwords")]
    return {"safetensors": models, "checkpoint": checkpoints, "pickle": formats.pickles()}


class Attack:
    """All mutants against one program."""

    def __init__(self, program, work, seed, keep):
        self.program, self.work, self.seed, self.keep = program, work, seed, keep
        self.seeds = seeds(program, work)
        self.runs, self.opened, self.mutants, self.found = 0, collections.Counter(), collections.Counter(), []

    def mutant(self, kind, number):
        """Every command on one mutant: how many ran, whether the file opened, and the faults."""
        data = formats.mutant(kind, self.seeds, self.seed, number)
        opened, found = False, []
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            folder = Path(folder)
            (folder / "M").write_bytes(data)
            for name, command in commands_of(kind).items():
                done = self.command(folder, command, data)
                opened |= done.code == 0
                found += [(kind, number, name, fault, done.messages[-300:]) for fault in done.faults]
        if not opened and (number == 0 or number == 1 and kind in ("safetensors", "checkpoint") and formats.xxhash):
            found.append((kind, number, "every command", "a file without a fault is refused", b""))
        if found and self.keep:
            Path(self.keep, f"{kind}-{number}").write_bytes(data)
        return len(commands_of(kind)), opened, found

    def command(self, folder, command, data):
        """One command in a folder that holds nothing but the mutant before and after."""
        places = {"T": str(self.work / "seed.txt"), "S": str(self.work / "seed.a"), "Q": str(self.work / "questions")}
        arguments = [places.get(argument, argument) for argument in command]
        given = data if "-" in command and "M" not in command else "you\n고양이\nunknown words here\n\n\x1b[0m\n".encode()
        resumes = "--resume" in command
        sizes = len(data) + (self.work / "seed.txt").stat().st_size
        # A file may ask for any number of epochs: that is work, and no hang.
        done = running.run([self.program, *arguments], folder, given, sizes, 1.0 if resumes else None)
        left = {path.name: path for path in folder.iterdir() if path.name != "M"}
        if resumes and done.code in (0, 130):
            (folder / "M").write_bytes(data)
        elif (folder / "M").read_bytes() != data:
            done.faults.append("the input was changed")
        unfinished = [name for name in left if not name.startswith("out.")]
        if unfinished and not resumes:
            done.faults.append(f"left behind: {unfinished}")
        if left and done.code != 0:
            done.faults.append(f"failed, and wrote {sorted(left)}")
        if command[0] == "convert" and done.code == 0:
            check = running.run([self.program, "verify", command[2]], folder)
            if check.code != 0:
                done.faults.append("`verify` refuses its output: " + check.messages.decode(errors="replace").strip()[:200])
        for path in left.values():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return done

    def all(self, wanted, jobs):
        """Every mutant of `wanted`, a few at a time."""
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for (kind, _), (runs, opened, found) in zip(wanted, pool.map(lambda one: self.mutant(*one), wanted)):
                self.runs += runs
                self.mutants[kind] += 1
                self.opened[kind] += opened
                self.found += found
                for kind_, number, name, fault, messages in found[:1]:
                    more = f" (and {len(found) - 1} more)" if found[1:] else ""
                    print(f"{kind_}:{number}  {name}: {fault}{more}\n    {messages.decode(errors='replace')!r}", flush=True)

    def report(self):
        """What was tried, and how deep it went: a kind of which nothing opens tests only first checks."""
        print(f"{sum(self.mutants.values())} mutants, {self.runs} commands, seed {self.seed}")
        for kind, count in self.mutants.items():
            print(f"  {kind}: {count} mutants, {self.opened[kind]} accepted by a command")
        print(f"{len(self.found)} faults" if self.found else "no faults")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rapidvec", default="target/release/rapidvec", help="the program [target/release/rapidvec]")
    parser.add_argument("--mutants", type=int, default=2000, help="how many, over all kinds [2000]")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other mutants [1]")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant of each kind [0]")
    parser.add_argument("--kinds", nargs="+", choices=formats.KINDS, default=formats.KINDS, metavar="KIND", help=" ".join(formats.KINDS))
    parser.add_argument("--only", metavar="KIND:NUMBER", help="one mutant, as a report names it")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the mutants that found something")
    parser.add_argument("--jobs", type=int, default=2, help="commands at once [2]")
    options = parser.parse_args()
    if not formats.pickles():
        print("SKIPPED: pickles, which need NumPy")
        options.kinds = [kind for kind in options.kinds if kind != "pickle"]
    if formats.xxhash is None:
        print("SKIPPED: right checksums in rapidvec's own models, which need the package xxhash")
    wanted = [(kind, options.first + n) for n in range(-(-options.mutants // len(options.kinds))) for kind in options.kinds]
    if options.only:
        kind, number = options.only.split(":")
        wanted = [(kind, int(number))]
    if options.keep:
        Path(options.keep).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rapidvec-hostile-") as work:
        work = Path(work)
        (work / "questions").write_text("you i say goodbye\nhello you i say\n", encoding="utf-8")
        attack = Attack(str(Path(options.rapidvec).resolve()), work, options.seed, options.keep)
        attack.all(wanted, options.jobs)
        attack.report()
    sys.exit(1 if attack.found else 0)


if __name__ == "__main__":
    main()
