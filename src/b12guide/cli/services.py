"""The commands for programs that ask: `serve` over HTTP, `replay` of its log, `mcp` for agents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from b12guide import hooks
from b12guide.cli import option
from b12guide.cli.failure import reported
from b12guide.cli.output import Content, Exit, Output
from b12guide.errors import SettingsError
from b12guide.extras import load as load_extra
from b12guide.guideline import load
from b12guide.limits import Limits
from b12guide.serve.replay import replay as repeat
from b12guide.show.terminal import visible

_MOST_PORTS = 65_535
_POSITIVE = click.IntRange(min=1)
_work = click.option(
    "--work",
    metavar="STEPS",
    type=_POSITIVE,
    default=1_000_000,
    show_default=True,
    help="How many steps an answer may take.",
)


@click.command
@click.option(
    "-g",
    "--guideline",
    "guidelines",
    metavar="NAME|PATH",
    multiple=True,
    default=(option.DEFAULT_GUIDELINE,),
    show_default=True,
    help="A guideline that may be asked; may be repeated.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, _MOST_PORTS),
    default=8012,
    show_default=True,
    help="The port; 0 takes one that is free.",
)
@click.option(
    "--workers",
    type=_POSITIVE,
    default=1,
    show_default=True,
    help="How many processes.",
)
@click.option(
    "--cors",
    metavar="ORIGIN",
    multiple=True,
    help="An origin whose pages may ask from a browser; may be repeated.  [default: none]",
)
@click.option(
    "--suggest",
    is_flag=True,
    help="Let cards carry suggestions while a guideline is under review.",
)
@click.option(
    "--complete",
    metavar="TYPE",
    multiple=True,
    help="A type of resource, such as Condition, of which clients of CDS Hooks send all that "
    "there are; may be repeated.  [default: none]",
)
@click.option(
    "--base", metavar="URL", help="The address of the service as its clients know it."
)
@click.option(
    "--issuer",
    "issuers",
    metavar="NAME",
    multiple=True,
    help="A client of CDS Hooks that is trusted: the `iss` of its tokens; may be repeated, each "
    "with its --jwks.  [default: everybody may ask]",
)
@click.option(
    "--jwks",
    "key_files",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="The public keys of that client, as a JWK Set.",
)
@click.option(
    "--jku",
    "addresses",
    metavar="URL",
    multiple=True,
    help="An address of keys that tokens may name; nothing is fetched from it.",
)
@click.option(
    "--describe",
    is_flag=True,
    help="Print what registering the services of CDS Hooks asks for, and serve nothing.",
)
@click.option(
    "--decision-log",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Add a line to FILE for each answer, without values of patients.",
)
@click.option(
    "--decision-log-patients",
    "keep_patients",
    is_flag=True,
    help="Keep the requests in that log, values of patients included.",
)
@click.option(
    "--decision-log-comments",
    "comments",
    is_flag=True,
    help="Keep what clinicians write about cards in that log; it may name a patient.",
)
@click.option(
    "--max-body",
    metavar="BYTES",
    type=_POSITIVE,
    default=256 * 1024,
    show_default=True,
    help="How large a request may be.",
)
@_work
@click.option(
    "--edit/--no-edit",
    default=True,
    show_default=True,
    help="Whether drafts of guidelines are checked, tried and proved.",
)
@click.option(
    "--edit-seconds",
    metavar="SECONDS",
    type=_POSITIVE,
    default=30,
    show_default=True,
    help="How long that may take for one draft.",
)
@click.option(
    "--patience",
    metavar="SECONDS",
    type=_POSITIVE,
    default=30,
    show_default=True,
    help="How long to wait for a request, and at the end for what is being answered.",
)
@reported
def serve(
    *,
    guidelines: tuple[str, ...],
    host: str,
    port: int,
    workers: int,
    cors: tuple[str, ...],
    suggest: bool,
    complete: tuple[str, ...],
    base: str | None,
    issuers: tuple[str, ...],
    key_files: tuple[Path, ...],
    addresses: tuple[str, ...],
    describe: bool,
    decision_log: Path | None,
    keep_patients: bool,
    comments: bool,
    max_body: int,
    work: int,
    edit: bool,
    edit_seconds: int,
    patience: int,
) -> Output:
    """Answer over HTTP: recommendations, explanations, timelines, audits, cards of CDS Hooks.

    Ends on Ctrl-C or SIGTERM, when what was asked before is answered. Standard error gets a line of
    JSON for each request, without values of patients.
    """
    if (keep_patients or comments) and decision_log is None:
        option_ = (
            "--decision-log-patients" if keep_patients else "--decision-log-comments"
        )
        message = f"{option_} needs --decision-log FILE"
        raise click.UsageError(message)
    if describe:
        return _described(guidelines, suggest=suggest, complete=complete, base=base)
    clients = _clients(issuers, key_files, addresses)
    if clients and base is None:
        message = "--issuer needs --base URL, which the tokens have to name"
        raise click.UsageError(message)
    if clients and workers > 1:
        message = "--issuer needs --workers 1: a token counts once, and one process remembers it"
        raise click.UsageError(message)
    running = load_extra("b12guide.serve.running", extra="serve")
    settings = running.Settings(
        guidelines=guidelines,
        decision_log=None if decision_log is None else str(decision_log),
        limits=Limits(bytes=max_body, work=work),
        more={
            "cors": cors,
            "suggest": suggest,
            "complete": complete,
            "base": base,
            "clients": clients,
            "comments": comments,
            "keep_patients": keep_patients,
            "edit": edit,
            "edit_seconds": edit_seconds,
            "patience": patience,
        },
    )
    running.serve(settings, host=host, port=port, workers=workers, patience=patience)
    return Output()


@click.command
@click.option(
    "-g",
    "--guideline",
    "guidelines",
    metavar="NAME|PATH",
    multiple=True,
    default=(option.DEFAULT_GUIDELINE,),
    show_default=True,
    help="A guideline that may be asked; may be repeated.",
)
@click.option(
    "--max-call",
    metavar="BYTES",
    type=_POSITIVE,
    default=256 * 1024,
    show_default=True,
    help="How large a call may be.",
)
@_work
@reported
def mcp(*, guidelines: tuple[str, ...], max_call: int, work: int) -> Output:
    """Serve an agent that speaks the Model Context Protocol.

    Its tools are recommend, explain, ask, due, audit, facts, guidelines, and check, prove and
    mutate for drafts. Messages come on standard input and go to standard output, until the agent
    leaves.
    """
    running = load_extra("b12guide.mcp.running", extra="mcp")
    limits = Limits(bytes=max_call, work=work)
    return Output(code=running.serve(guidelines, limits))


def _described(
    guidelines: tuple[str, ...],
    *,
    suggest: bool,
    complete: tuple[str, ...],
    base: str | None,
) -> Output:
    policy = hooks.Policy(suggest=suggest, complete=complete, base=base)
    found = hooks.describe([load(one) for one in guidelines], policy)
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    return Output(text=text, content=Content.JSON)


def _clients(
    names: tuple[str, ...], files: tuple[Path, ...], addresses: tuple[str, ...]
) -> tuple[Any, ...]:
    if len(names) != len(files):
        message = "each --issuer needs its own --jwks FILE, in the same order"
        raise click.UsageError(message)
    if not names:
        return ()
    return tuple(
        hooks.Issuer.of(name, _keys_in(file), addresses)
        for name, file in zip(names, files, strict=True)
    )


def _keys_in(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is no JSON"
        message = f"{visible(str(file))} cannot be read: {reason.lower()}"
        raise SettingsError(message) from error


@click.command
@click.argument("log", metavar="LOG", type=click.Path(path_type=Path), required=True)
@click.option(
    "-g",
    "--guideline",
    "guidelines",
    metavar="PATH",
    multiple=True,
    help="A guideline that b12guide does not ship; may be repeated.",
)
@click.option(
    "--requests",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The bodies of the requests, one in a line, where the log does not hold them.",
)
@option.format_option(option.Format.TEXT, option.Format.JSON)
@option.output_option
@reported
def replay(
    *,
    log: Path,
    guidelines: tuple[str, ...],
    requests: Path | None,
    format_: option.Format,
    file: Path | None,
) -> Output:
    """Ask again what a log of decisions says was answered, and compare.

    LOG is a file that `b12guide serve --decision-log` wrote. The exit code is 1 if anything did not
    come out the same.
    """
    with _lines(log) as lines, _lines(requests) as bodies:
        found = repeat(
            lines,
            guidelines=[load(one) for one in guidelines],
            requests=bodies,
            name=str(log),
        )
    text = found.to_json() + "\n" if format_ is option.Format.JSON else found.to_text()
    code = Exit.FINE if found.is_same else Exit.FINDINGS
    return Output(text=text, file=file, code=code)


@contextmanager
def _lines(path: Path | None) -> Iterator[Iterator[str]]:
    if path is None:
        yield iter(())
        return
    try:
        with path.open(encoding="utf-8") as stream:
            yield stream
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        message = f"{visible(str(path))} cannot be read: {reason.lower()}"
        raise SettingsError(message) from error
