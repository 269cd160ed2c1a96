"""Models on the Hugging Face Hub: publish them with a card, open them by name.

>>> import rapidvec, tempfile
>>> from rapidvec.hub import from_pretrained, save_pretrained
>>> model = rapidvec.train([["the", "king", "rules"], ["the", "queen", "rules"]] * 200, vector_size=20)
>>> folder = tempfile.mkdtemp()
>>> [path.name for path in save_pretrained(model, folder)]
['README.md', 'model.safetensors']
>>> from_pretrained(folder)
<rapidvec.Vectors: 4 words x 20>

A repository has two files: ``model.safetensors``, which the command line opens too, and ``README.md``, the card, with settings and scores. The functions that
talk to the Hub need the package huggingface_hub (``pip install "rapidvec[hub]"``); with the environment variable ``HF_HUB_OFFLINE=1`` they use no network.

A model names the files that it was trained on. If their names are private, publish `rapidvec.Model.vectors` instead of the model.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .training import Model
from .vectors import Vectors, open

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["card", "from_pretrained", "push_to_hub", "save_pretrained"]

_FILE = "model.safetensors"
_CARD = "README.md"


def from_pretrained(
    repo: str | os.PathLike[str],
    *,
    filename: str = _FILE,
    revision: str | None = None,
    token: str | bool | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
    local_files_only: bool = False,
    limit: int | None = None,
) -> Vectors:
    """Open the vectors of a repository on the Hub, or of a folder.

    Parameters
    ----------
    repo
        A repository, such as "user/name", or a folder that `save_pretrained` wrote. A folder of that name takes precedence.
    filename
        The file in it. Any format that `rapidvec.open` knows, so that repositories of other programs can be opened as well.
    revision
        A branch, a tag or a commit.
    token
        The token of a private repository; by default that of ``hf auth login``.
    cache_dir
        The folder for downloaded files, instead of the cache of huggingface_hub.
    local_files_only
        Do not use the network: open what was downloaded before.
    limit
        Use only this many of the first words.

    Raises
    ------
    FileNotFoundError
        If a folder has no such file.
    huggingface_hub.errors.HfHubHTTPError
        If the repository, revision or file does not exist.
    huggingface_hub.errors.LocalEntryNotFoundError
        If the file is not in the cache and the network is disabled or unavailable.
    FormatError
        If the file is not one of word vectors.
    """
    if os.path.isdir(repo):
        return open(Path(repo) / filename, limit=limit)
    path = _hub().hf_hub_download(
        os.fspath(repo),
        filename,
        revision=revision,
        token=token,
        cache_dir=cache_dir,
        local_files_only=local_files_only,
        library_name="rapidvec",
    )
    return open(path, limit=limit)


def push_to_hub(
    model: Model | Vectors,
    repo: str,
    *,
    scores: Mapping[str, Any] | None = None,
    language: str | Sequence[str] | None = None,
    license: str | None = None,
    private: bool | None = None,
    token: str | bool | None = None,
    revision: str | None = None,
    message: str = "Upload word vectors",
) -> str:
    """Publish a model or vectors, with a card. The repository is created if it is missing.

    Parameters
    ----------
    model
        A model, with its settings and output vectors, or vectors alone.
    repo
        The repository, such as "user/name".
    scores, language, license
        For the card, see `card`.
    private
        Whether a new repository is private; None leaves it to the account's settings.
    token
        A token with write access; by default that of ``hf auth login``.
    revision
        The branch to write to; it has to exist.
    message
        The message of the commit.

    Returns
    -------
    str
        The address of the commit.

    Raises
    ------
    huggingface_hub.errors.HfHubHTTPError
        If the Hub rejects it.
    huggingface_hub.errors.OfflineModeIsEnabled
        If ``HF_HUB_OFFLINE`` is set.
    """
    hub = _hub()
    with tempfile.TemporaryDirectory(prefix="rapidvec-") as folder:
        save_pretrained(model, folder, scores=scores, language=language, license=license, title=repo)
        api = hub.HfApi(token=token, library_name="rapidvec")
        made = api.create_repo(repo, private=private, exist_ok=True)
        commit = api.upload_folder(repo_id=made.repo_id, folder_path=folder, revision=revision, commit_message=message)
    return str(commit.commit_url)


def save_pretrained(
    model: Model | Vectors,
    folder: str | os.PathLike[str],
    *,
    scores: Mapping[str, Any] | None = None,
    language: str | Sequence[str] | None = None,
    license: str | None = None,
    title: str | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Write what `push_to_hub` publishes to a folder, which is created if it is missing. No other package is needed.

    Parameters
    ----------
    model
        A model, or vectors.
    folder
        The folder.
    scores, language, license, title
        For the card, see `card`; without a title it has the folder's name.
    overwrite
        Replace files of these names.

    Returns
    -------
    list of pathlib.Path
        The card and the model.

    Raises
    ------
    FileExistsError
        If one of them exists and `overwrite` is false.
    """
    root = Path(folder)
    text = card(model, title=title or root.resolve().name, scores=scores, language=language, license=license)
    paths = [root / _CARD, root / _FILE]
    for path in paths:
        if path.exists() and not overwrite:
            raise FileExistsError(f"{path} exists; pass overwrite=True to replace it")
    root.mkdir(parents=True, exist_ok=True)
    model.save(paths[1], overwrite=overwrite)
    paths[0].write_text(text, encoding="utf-8")
    return paths


def card(
    model: Model | Vectors,
    *,
    title: str = "Word vectors",
    scores: Mapping[str, Any] | None = None,
    language: str | Sequence[str] | None = None,
    license: str | None = None,
) -> str:
    """The card of a model: what it is, how to open it, its settings and scores, in Markdown.

    Parameters
    ----------
    title
        The heading; if it is the name of a repository, the example opens that.
    scores
        By the name of a test, the result of `rapidvec.Vectors.evaluate`, or a number.
    language
        Codes such as "en" and "ko".
    license
        A licence as the Hub names it, such as "mit" or "cc-by-sa-4.0".
    """
    vectors = model.vectors if isinstance(model, Model) else model
    found = {name: value for test, result in (scores or {}).items() for name, value in _numbers(test, result)}
    parts = [_front_matter(title, found, language, license), f"# {_plain(title)}", _about(vectors), _example(title, vectors)]
    settings = vectors.metadata.get("config")
    if isinstance(settings, Mapping) and settings:
        parts.append("## Settings\n\n" + _table("setting", "value", settings))
    if found:
        rows = {f"{test}, {metric}": f"{value:.4g}" for (test, metric), value in found.items()}
        parts.append("## Scores\n\n" + _table("test", "score", rows))
    return "\n\n".join(parts) + "\n"


# ---- the card's parts


def _numbers(test: str, result: Any) -> list[tuple[tuple[str, str], float]]:
    """The numbers of test results, by test and metric."""
    if isinstance(result, Mapping):
        named = {"accuracy": result.get("accuracy"), "Spearman": result.get("spearman"), "Pearson": result.get("pearson")}
        values = {metric: value[0] if isinstance(value, (tuple, list)) else value for metric, value in named.items()}
        if values.keys() & result.keys() or "spearman" in result:
            return [((test, metric), float(value)) for metric, value in values.items() if value is not None]
    elif isinstance(result, (int, float)):
        return [((test, "score"), float(result))]
    raise TypeError(f"the score of {test!r} must be a number or what Vectors.evaluate returns, got {type(result).__name__}")


def _front_matter(
    title: str, scores: Mapping[tuple[str, str], float], language: str | Sequence[str] | None, license: str | None
) -> str:
    """The metadata that the Hub reads. Each value is JSON, which is also YAML."""
    values: dict[str, Any] = {"library_name": "rapidvec", "tags": ["word2vec", "word-embeddings", "rapidvec"]}
    if language is not None:
        values["language"] = [language] if isinstance(language, str) else list(language)
    if license is not None:
        values["license"] = license
    if scores:
        results = [
            {
                "task": {"type": "word-similarity" if metric in ("Spearman", "Pearson") else "word-analogy" if metric == "accuracy" else "other"},
                "dataset": {"name": test, "type": test},
                "metrics": [{"type": metric.lower(), "value": round(value, 6)}],
            }
            for (test, metric), value in scores.items()
        ]
        values["model-index"] = [{"name": title.rpartition("/")[2], "results": results}]
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    return "\n".join(["---", *lines, "---"])


def _about(vectors: Vectors) -> str:
    settings, corpus = vectors.metadata.get("config"), vectors.metadata.get("corpus")
    kind = settings.get("model") if isinstance(settings, Mapping) else None
    tokens = corpus.get("tokens") if isinstance(corpus, Mapping) else None
    how = f", trained with {_plain(kind)}" if kind else ""
    text = f" on a text of {tokens:,} words" if kind and tokens else ""
    return f"Vectors of {len(vectors):,} words, {vectors.vector_size} numbers each{how}{text} by rapidvec."


def _example(title: str, vectors: Vectors) -> str:
    words = vectors.words[:200]
    word = json.dumps(next((word for word in words if word.isalpha() and len(word) > 3), words[0]), ensure_ascii=False)
    repo = json.dumps(title, ensure_ascii=False)
    return (
        '```sh\npip install "rapidvec[hub]"\n```\n\n'
        f"```python\nfrom rapidvec.hub import from_pretrained\n\nvectors = from_pretrained({repo})\nvectors.most_similar({word})\n```"
    )


def _table(left: str, right: str, rows: Mapping[str, Any]) -> str:
    lines = [f"| {left} | {right} |", "| --- | --- |"]
    return "\n".join(lines + [f"| {_plain(name)} | {_plain(value)} |" for name, value in rows.items()])


def _plain(text: object) -> str:
    """Text in one line, escaped for Markdown."""
    line = " ".join(str(text).split())
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|" else letter for letter in line)


def _hub() -> ModuleType:
    try:
        import huggingface_hub
    except ImportError as error:
        raise ImportError('the Hugging Face Hub needs another package: pip install "rapidvec[hub]"') from error
    module: ModuleType = huggingface_hub
    return module
