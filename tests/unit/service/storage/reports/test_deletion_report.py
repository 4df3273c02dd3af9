from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
import pytest

from generated.storage.models import LocationSource
from service.storage.reports.deletion_report import MONTHS, DeletionReport, Place
from service.version import VERSION
from tests.unit.service.storage.reports.pdf_text import text_of

SHELF = Place(
    uuid=UUID("22222222-2222-4222-8222-222222222222"),
    name="Shelf 7",
    source=LocationSource.FILESYSTEM,
)
REPORT = DeletionReport(
    aip_uuid=UUID("11111111-1111-4111-8111-111111111111"),
    aip_name="Parish registers 1804-1811",
    status="deleted",
    requester="ada@example.org",
    requested_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    reason="Registered twice.\nSee the minutes of the board.",
    reviewed=True,
    reviewer="Curator",
    reviewed_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
    deleted_at=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    place=SHELF,
    written_at=datetime(2026, 4, 5, 6, 7, 8, tzinfo=UTC),
)


def opened(document: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(document))


def says(report: DeletionReport, *texts: str) -> None:
    shown = text_of(report.pdf())
    for text in texts:
        assert "".join(text.split()) in shown


def test_it_says_everything_that_there_is_to_say() -> None:
    says(
        REPORT,
        "Deletion report",
        "Name Parish registers 1804-1811",
        "Identifier 11111111-1111-4111-8111-111111111111",
        "Status Deleted",
        "Requested by ada@example.org",
        "Requested 2 January 2026, 03:04:05 UTC",
        "Reason Registered twice. See the minutes of the board.",
        "Approved by Curator",
        "Approved 3 February 2026, 04:05:06 UTC",
        "Deleted 4 March 2026, 05:06:07 UTC",
        "Storage location Shelf 7",
        "Location identifier 22222222-2222-4222-8222-222222222222",
        "Storage system File system",
        "Preservation system a3m",
        "Written 5 April 2026, 06:07:08 UTC",
        f"Written by Storage service {VERSION}",
        "Page 1 of 1",
    )


def test_it_is_a_tagged_pdf_for_archives_and_for_everybody() -> None:
    with opened(REPORT.pdf()) as pdf, pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert metadata["dc:title"] == f"Deletion report: {REPORT.aip_uuid}"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "en-GB"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert "/OutputIntents" in pdf.Root


def test_its_structure_tells_headings_and_tables_apart() -> None:
    with opened(REPORT.pdf()) as pdf:
        tags = tags_of(pdf.Root.StructTreeRoot.K)
    assert tags.count("/H1") == 1
    assert tags.count("/Table") == tags.count("/TH") == tags.count("/H2") == 5
    assert tags.count("/TD") % 2 == 0


def tags_of(element: Any) -> list[str]:
    if isinstance(element, pikepdf.Array):
        return [tag for each in element for tag in tags_of(each)]
    if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
        return []
    return [str(element.S), *tags_of(element.get("/K"))]


def test_every_font_is_embedded() -> None:
    with opened(REPORT.pdf()) as pdf:
        for page in pdf.pages:
            for font in page.resources["/Font"].values():
                [descendant] = font.DescendantFonts
                assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())


def test_the_same_report_is_the_same_file() -> None:
    assert REPORT.pdf() == REPORT.pdf()
    assert replace(REPORT, reviewer="Somebody else").pdf() != REPORT.pdf()
    within = replace(REPORT, written_at=REPORT.written_at.replace(microsecond=999_999))
    assert within.pdf() == REPORT.pdf()


@pytest.mark.parametrize(
    "text",
    [
        '#strong[x] *bold* _it_ $x^2$ `raw` = heading <label> @reference #panic("no")',
        '#read("/etc/passwd") \\u{41} // comment /* other */ https://example.org',
        '", "kind": "remark',
        "'single' -- dash --- \"double\" ~ ...",
    ],
)
def test_what_people_wrote_is_shown_as_they_wrote_it(text: str) -> None:
    says(
        replace(REPORT, aip_name=text, reason=text, requester=text, reviewer=text),
        f"Name {text}",
        f"Requested by {text}",
        f"Reason {text}",
        f"Approved by {text}",
    )


def test_letters_of_europe_and_the_near_east_are_shown() -> None:
    text = "Žemaitė Łódź Ærø Ελλάδα Пример «1804\N{EN DASH}1811»"
    report = replace(REPORT, aip_name=text)
    says(report, text)
    assert "Unicode" not in text_of(report.pdf())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("名 register", "<U+540D> register"),
        ("a😀b", "a<U+1F600>b"),
        ("a\u202eb\u200bc\x00d\x1be", "a<U+202E>b<U+200B>c<U+0000>d<U+001B>e"),
        ("a\ud800b\ue000c", "a<U+D800>b<U+E000>c"),
        ("Ärger 名", "Ärger <U+540D>"),
    ],
)
def test_what_cannot_be_shown_is_spelt_out_and_said_to_be(text: str, shown: str) -> None:
    says(
        replace(REPORT, aip_name=text),
        f"Name {shown}",
        "are given by their numbers in Unicode, such as <U+4E2D>.",
    )


def test_what_shows_alone_but_not_together_is_spelt_out() -> None:
    says(replace(REPORT, aip_name="Notes \u047e\u0484"), "Name Notes <U+047E><U+0484>")


def test_a_word_without_an_end_stays_on_the_page_and_in_one_piece() -> None:
    word = "f" * 2048
    document = replace(REPORT, reason=word).pdf()
    assert word in text_of(document)
    assert "\u200b" not in text_of(document)


def test_a_long_reason_goes_on_over_the_page() -> None:
    reason = "\n".join(f"Line {number}." for number in range(200))
    with opened(replace(REPORT, reason=reason).pdf()) as pdf:
        assert len(pdf.pages) > 2
    says(replace(REPORT, reason=reason), "Line 199.")


def test_a_deletion_that_nobody_reviewed_says_so() -> None:
    says(
        replace(REPORT, reviewed=False, reviewer="ada@example.org"),
        "Approved by The service itself, without a review",
    )


def test_a_package_of_the_internal_location_has_no_location_to_name() -> None:
    report = replace(REPORT, place=None)
    says(report, "Storage location The internal location", "Preservation system a3m")
    assert "Locationidentifier" not in text_of(report.pdf())


@pytest.mark.parametrize(
    ("source", "system", "made_by"),
    [
        (LocationSource.S3, "S3 object storage", "a3m"),
        (LocationSource.AMSS, "Archivematica Storage Service", "Archivematica"),
        (LocationSource.SFTP, "SFTP", "a3m"),
        (LocationSource.UNSPECIFIED, "Unspecified", "a3m"),
    ],
)
def test_it_names_the_systems(source: LocationSource, system: str, made_by: str) -> None:
    says(
        replace(REPORT, place=replace(SHELF, source=source)),
        f"Storage system {system}",
        f"Preservation system {made_by}",
    )


def test_times_are_shown_in_utc() -> None:
    east = timezone(timedelta(hours=14))
    says(
        replace(REPORT, deleted_at=datetime(2027, 1, 1, 1, 0, 0, tzinfo=east)),
        "Deleted 31 December 2026, 11:00:00 UTC",
    )
    assert len(MONTHS) == 12


async def test_others_go_on_while_it_is_typeset() -> None:
    """The typesetter lets go of the interpreter: a thread is enough to keep the loop free."""
    turns = 0
    began = time.perf_counter()
    typesetting = asyncio.create_task(asyncio.to_thread(replace(REPORT, reason="b" * 2048).pdf))
    while not typesetting.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 5, f"{turns} turns of the loop in {time.perf_counter() - began:.3f} s"
