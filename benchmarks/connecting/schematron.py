"""How much of Peppol's own rule tests is reproduced, and how many messages are checked a second."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from benchmarks.connecting.corpus import CORPUS
from gateway.connectors import detect
from gateway.connectors.schemas import peppol
from gateway.connectors.schemas.artefact import SCHEMATRON
from gateway.connectors.schemas.finding import ERROR, WARNING
from gateway.connectors.schemas.schematron import Rules
from gateway.connectors.schemas.store import Package, Store
from gateway.connectors.schemas.workers import Workers
from gateway.connectors.ubl.reader import CBC
from scripts.peppol import FetchFailed, fetch

UBL_SCHEMAS: Final = CORPUS.parent / "schemas/ubl"
RELEASE: Final = "2025.5"
"""The release whose sources the rule tests of the corpus belong to."""
CORES: Final = 2
DAY: Final = "2026-11-23"

_VEFA: Final = "{http://difi.no/xsd/vefa/validator/1.0}"
_FLAGS: Final = {"success": "", "warning": WARNING, "error": ERROR, "fatal": ERROR}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a rule test says of one document.

    Parameters
    ----------
    name : str
        The test.
    stylesheets : tuple of str
        Names of the rules that are tried.
    document : lxml element
        What is held against them.
    rule_id : str
        The rule.
    flag : str
        How the document breaks it; empty when it does not.
    times : int, optional
        How often, where the test counts.
    """

    name: str
    stylesheets: tuple[str, ...]
    document: etree._Element
    rule_id: str
    flag: str
    times: int | None


def measure(is_quick: bool) -> tuple[float, float] | None:
    """Give the share of reproduced assertions, and messages checked a second on two cores.

    Without the corpus, or without a way to the publisher's rules, there is no answer.
    """
    if not CORPUS.is_dir():
        return None
    try:
        archive = fetch()
    except FetchFailed as failure:
        print(f"schematron: {failure}")
        return None
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        package, _ = store.add(archive)
        if UBL_SCHEMAS.is_dir():
            store.add(UBL_SCHEMAS)
        ratio = _ratio(store, package, is_quick)
        return ratio, round(_per_s(store, 5.0 if is_quick else 20.0), 1)


def _ratio(store: Store, package: Package, is_quick: bool) -> float:
    expected = list(_expectations())
    shares = {}
    releases = {RELEASE} if is_quick else {each.release for each in package.artefacts}
    for release in sorted(releases, key=peppol.since):
        rules = {
            Path(each.path).stem: Rules(store.path(package, each))
            for each in package.artefacts
            if each.kind == SCHEMATRON and each.release == release
        }
        tried = [each for each in expected if set(each.stylesheets) <= set(rules)]
        if len(tried) < len(expected):
            continue
        wrong = [each for each in tried if not _is_reproduced(each, rules)]
        shares[release] = 1 - len(wrong) / len(tried)
        print(f"rule tests, release {release}: {len(tried) - len(wrong)} of {len(tried)}")
        for each in wrong:
            print(f"  differs: {each.name} {each.rule_id} {each.flag or 'holds'}")
    return round(shares[RELEASE], 4)


def _expectations() -> Iterator[Expectation]:
    for path in sorted((CORPUS / "ubl-peppol").rglob("*.xml")):
        root = etree.parse(path).getroot()
        if root.tag != f"{_VEFA}testSet":
            continue
        names = _stylesheets(root.get("configuration", ""))
        for test in root.iterfind(f"{_VEFA}test"):
            [document] = [each for each in test.iterchildren("*") if _VEFA not in each.tag]
            for each in test.iterfind(f"{_VEFA}assert/*"):
                flag = _FLAGS.get(etree.QName(each).localname)
                if flag is not None:
                    number, rule = each.get("number"), (each.text or "").strip()
                    times = int(number) if number and flag else None
                    yield Expectation(path.stem, names, document, rule, flag, times)


def _stylesheets(configuration: str) -> tuple[str, ...]:
    if "en16931" in configuration:
        return "CEN-EN16931-UBL", "PEPPOL-EN16931-UBL"
    return (f"PEPPOLBIS-{configuration.split('-')[1].upper()}",)


def _is_reproduced(expected: Expectation, rules: dict[str, Rules]) -> bool:
    whole = etree.fromstring(etree.tostring(expected.document, with_tail=False))
    failures = Counter(
        failure.flag
        for name in expected.stylesheets
        for failure in rules[name].failures(whole)
        if failure.rule_id == expected.rule_id
    )
    if not expected.flag:
        return not failures
    count = failures.pop(expected.flag, 0)
    return not failures and (count == expected.times if expected.times else count > 0)


def _per_s(store: Store, seconds: float) -> float:
    messages = list(_governed())
    workers = Workers(store.folder, count=CORES)

    def check(content: bytes) -> None:
        workers.check(content, detect.detect(content), DAY)

    with ThreadPoolExecutor(CORES) as threads:
        # Every process compiles its rules before the clock starts.
        list(threads.map(check, [*messages, *reversed(messages)] * 2))
        rounds, start = 0, time.perf_counter()
        while (took := time.perf_counter() - start) < seconds:
            list(threads.map(check, messages))
            rounds += 1
    workers.close()
    return rounds * len(messages) / took


def _governed() -> Iterator[bytes]:
    """Give the valid messages of the corpus that Peppol or EN 16931 has rules for."""
    for entry in json.loads((CORPUS / "index.json").read_bytes()):
        if entry["format"] != "ubl-peppol" or entry["valid"] is not True:
            continue
        content = (CORPUS / entry["file"]).read_bytes()
        declared = etree.fromstring(content).findtext(f"{{{CBC}}}CustomizationID") or ""
        known = peppol.CUSTOMIZATIONS.values()
        if any(peppol.governs(each, declared.strip()) for each in known):
            yield content
