"""The programs that are tried: what they need, and where their tests are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A program on PyPI that imports gensim."""

    name: str
    #: Where its tests are, if PyPI has them not.
    repository: str
    #: Folders and files that pytest is given.
    tests: tuple = ("tests",)
    #: What is installed with it: packages for its tests, and older versions of what it does not name exactly enough.
    needs: tuple = ()
    #: Whether it is installed without what it asks for, since its bounds are too old for today's Python; `needs` then has everything.
    alone: bool = False
    #: Names in its source folder that would hide the installed program.
    hidden: tuple = ()
    #: Further arguments of pytest, for tests that cannot run here.
    pytest: tuple = ()
    #: A file of tests in this folder, where the program has none.
    ours: str | None = None


PROGRAMS = {
    program.name: program
    for program in (
        Program("node2vec", "eliorc/node2vec", ours="readme_of_node2vec.py"),
        Program("pecanpy", "krishnanlab/PecanPy", tests=("test",), needs=("parameterized",)),
        Program(
            "pyrdf2vec",
            "IBCNServices/pyRDF2Vec",
            alone=True,
            needs=("attrs==21.4.0", "cachetools==4.2.4", "matplotlib==3.8.4", "networkx==2.8.8", "numpy==1.26.4", "scipy==1.12.0",
                   "pandas==1.5.3", "python-Levenshtein==0.27.1", "python-louvain==0.16", "rdflib==5.0.0", "tomlkit==0.7.2", "aiohttp",
                   "nest-asyncio==1.6.0", "tqdm", "scikit-learn==1.4.2", "requests"),
            hidden=("pyrdf2vec",),
        ),
        Program("spec2vec", "iomega/spec2vec", tests=("tests", "integration-tests"), needs=("matchms<0.31",), hidden=("spec2vec",)),
        Program(
            "karateclub",
            "benedekrozemberczki/karateclub",
            alone=True,
            tests=("test",),
            needs=("numpy==1.26.4", "networkx==2.8.8", "python-louvain==0.16", "scikit-learn==1.4.2", "scipy==1.12.0", "pygsp==0.5.1",
                   "pandas==2.2.2", "six", "tqdm", "decorator==4.4.2"),
            hidden=("karateclub",),
        ),
        Program(
            "wefe",
            "dccuchile/wefe",
            needs=("pytest-cov",),
            pytest=("--ignore=tests/debias/test_repulsion_attraction_neutralization.py",),  # wants torch
        ),
    )
}
