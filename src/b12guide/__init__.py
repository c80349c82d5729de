"""Executable clinical guidelines on vitamin B12 deficiency, for education and research.

>>> import b12guide
>>> guideline = b12guide.load("mecobalamin_im")
>>> answer = guideline.recommend({"b12_deficiency": True, "paresthesia": True})
>>> answer.form.preferred
('hydroxocobalamin',)

The names below are opened at their first use, so that `import b12guide` costs next to nothing.
"""

from __future__ import annotations

from b12guide import interruption

interruption.begin(
    "b12guide.cli"
)  # Ctrl-C, where this is the command line; before anything takes time

from importlib import import_module  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

from b12guide.makers import appoint  # noqa: E402
from b12guide.notice import VERSION  # noqa: E402

if TYPE_CHECKING:
    from b12guide.ask.reply import Aside, Reply, ReplyItem
    from b12guide.audit.finding import Audit, Family, Finding, Gravity, Tolerance
    from b12guide.audit.periods import AdherencePeriod, AdherencePeriods, PeriodState
    from b12guide.diagnostics import Diagnostic, Severity
    from b12guide.due.model import Due, DueDose, DueTest
    from b12guide.errors import (
        ArgumentError,
        B12GuideError,
        CohortError,
        DosageError,
        GuidelineError,
        MissingExtraError,
        PatientError,
        RecordError,
        ReplayError,
        SettingsError,
        UnknownNameError,
    )
    from b12guide.evaluate.answer import (
        ChangeDecided,
        ConclusionDecided,
        Conflict,
        ContinuationDecided,
        Decided,
        FormDecided,
        MonitoringDecided,
        Notice,
        NotOffered,
        Option,
        Outcome,
        PermissionDecided,
        Question,
        Recommendation,
        ReferralDecided,
        RegimenDecided,
        RouteDecided,
        RuleVerdict,
        Side,
        TargetsDecided,
        TechniqueDecided,
        Verdict,
    )
    from b12guide.evaluate.explanation import DecisionExplanation, RuleExplanation
    from b12guide.evaluate.facts import Reading
    from b12guide.evaluate.topic import TopicExplanation
    from b12guide.graph.dictionary import DescribedFact
    from b12guide.graph.model import (
        Advice,
        Assumption,
        Challenge,
        Change,
        Code,
        Concluded,
        Conclusion,
        Continuation,
        Decision,
        Exclusion,
        FormChoice,
        Instruction,
        Monitoring,
        NotChecked,
        NotNeeded,
        Prohibition,
        Recurrence,
        Referral,
        Routes,
        Rule,
        RuleGraph,
        Silence,
        Status,
        Stop,
        Target,
    )
    from b12guide.guideline import Guideline, load
    from b12guide.limits import Limits
    from b12guide.panels import Panel, panel
    from b12guide.patient.from_file import patient_from_json, read_patient
    from b12guide.patient.from_mapping import patient_from
    from b12guide.patient.model import (
        Datum,
        Derived,
        Hindrance,
        Otherwise,
        Patient,
        PatientLike,
        Standing,
        Stated,
        Units,
    )
    from b12guide.regimen.model import Regimen
    from b12guide.regimen.phase import (
        Dose,
        Every,
        ForDoses,
        ForLife,
        ForTime,
        Phase,
        Times,
        Until,
    )
    from b12guide.several.side_by_side import PanelAnswer
    from b12guide.timeline.model import Entry, Timeline
    from b12guide.truth import Truth
    from b12guide.values.duration import DurationRange, TimeUnit
    from b12guide.values.term import Strength
    from b12guide.wordlist import VocabularyWord, words

__all__ = [
    "AdherencePeriod",
    "AdherencePeriods",
    "Advice",
    "ArgumentError",
    "Aside",
    "Assumption",
    "Audit",
    "B12GuideError",
    "Challenge",
    "Change",
    "ChangeDecided",
    "Code",
    "CohortError",
    "Concluded",
    "Conclusion",
    "ConclusionDecided",
    "Conflict",
    "Continuation",
    "ContinuationDecided",
    "Datum",
    "Decided",
    "Decision",
    "DecisionExplanation",
    "Derived",
    "DescribedFact",
    "Diagnostic",
    "DosageError",
    "Dose",
    "Due",
    "DueDose",
    "DueTest",
    "DurationRange",
    "Entry",
    "Every",
    "Exclusion",
    "Family",
    "Finding",
    "ForDoses",
    "ForLife",
    "ForTime",
    "FormChoice",
    "FormDecided",
    "Gravity",
    "Guideline",
    "GuidelineError",
    "Hindrance",
    "Instruction",
    "Limits",
    "MissingExtraError",
    "Monitoring",
    "MonitoringDecided",
    "NotChecked",
    "NotNeeded",
    "NotOffered",
    "Notice",
    "Option",
    "Otherwise",
    "Outcome",
    "Panel",
    "PanelAnswer",
    "Patient",
    "PatientError",
    "PatientLike",
    "PeriodState",
    "PermissionDecided",
    "Phase",
    "Prohibition",
    "Question",
    "Reading",
    "Recommendation",
    "RecordError",
    "Recurrence",
    "Referral",
    "ReferralDecided",
    "Regimen",
    "RegimenDecided",
    "ReplayError",
    "Reply",
    "ReplyItem",
    "RouteDecided",
    "Routes",
    "Rule",
    "RuleExplanation",
    "RuleGraph",
    "RuleVerdict",
    "SettingsError",
    "Severity",
    "Side",
    "Silence",
    "Standing",
    "Stated",
    "Status",
    "Stop",
    "Strength",
    "Target",
    "TargetsDecided",
    "TechniqueDecided",
    "TimeUnit",
    "Timeline",
    "Times",
    "Tolerance",
    "TopicExplanation",
    "Truth",
    "Units",
    "UnknownNameError",
    "Until",
    "Verdict",
    "VocabularyWord",
    "__version__",
    "load",
    "panel",
    "patient_from",
    "patient_from_json",
    "read_patient",
    "words",
]

__version__ = VERSION

appoint(
    pages="b12guide.show.papers",
    notebook="b12guide.show.notebook",
    decisions="b12guide.show.decision_lines",
    dosages="b12guide.fhir.dosages",
    drafts="b12guide.fhir.drafts",
    course="b12guide.course",
    records="b12guide.records",
    regimens="b12guide.regimens.patients",
)

_HOMES = {
    "ask.reply": ("Aside", "Reply", "ReplyItem"),
    "audit.finding": ("Audit", "Family", "Finding", "Gravity", "Tolerance"),
    "audit.periods": ("AdherencePeriod", "AdherencePeriods", "PeriodState"),
    "diagnostics": ("Diagnostic", "Severity"),
    "due.model": ("Due", "DueDose", "DueTest"),
    "errors": (
        "ArgumentError",
        "B12GuideError",
        "CohortError",
        "DosageError",
        "GuidelineError",
        "MissingExtraError",
        "PatientError",
        "RecordError",
        "ReplayError",
        "SettingsError",
        "UnknownNameError",
    ),
    "evaluate.answer": (
        "ChangeDecided",
        "ConclusionDecided",
        "Conflict",
        "ContinuationDecided",
        "Decided",
        "FormDecided",
        "MonitoringDecided",
        "NotOffered",
        "Notice",
        "Option",
        "Outcome",
        "PermissionDecided",
        "Question",
        "Recommendation",
        "ReferralDecided",
        "RegimenDecided",
        "RouteDecided",
        "RuleVerdict",
        "Side",
        "TargetsDecided",
        "TechniqueDecided",
        "Verdict",
    ),
    "evaluate.explanation": ("DecisionExplanation", "RuleExplanation"),
    "evaluate.facts": ("Reading",),
    "evaluate.topic": ("TopicExplanation",),
    "graph.dictionary": ("DescribedFact",),
    "graph.model": (
        "Advice",
        "Assumption",
        "Challenge",
        "Change",
        "Code",
        "Concluded",
        "Conclusion",
        "Continuation",
        "Decision",
        "Exclusion",
        "FormChoice",
        "Instruction",
        "Monitoring",
        "NotChecked",
        "NotNeeded",
        "Prohibition",
        "Recurrence",
        "Referral",
        "Routes",
        "Rule",
        "RuleGraph",
        "Silence",
        "Status",
        "Stop",
        "Target",
    ),
    "guideline": ("Guideline", "load"),
    "limits": ("Limits",),
    "panels": ("Panel", "panel"),
    "patient.from_file": ("patient_from_json", "read_patient"),
    "patient.from_mapping": ("patient_from",),
    "patient.model": (
        "Datum",
        "Derived",
        "Hindrance",
        "Otherwise",
        "Patient",
        "PatientLike",
        "Standing",
        "Stated",
        "Units",
    ),
    "regimen.model": ("Regimen",),
    "regimen.phase": (
        "Dose",
        "Every",
        "ForDoses",
        "ForLife",
        "ForTime",
        "Phase",
        "Times",
        "Until",
    ),
    "several.side_by_side": ("PanelAnswer",),
    "timeline.model": ("Entry", "Timeline"),
    "truth": ("Truth",),
    "values.duration": ("DurationRange", "TimeUnit"),
    "values.term": ("Strength",),
    "wordlist": ("VocabularyWord", "words"),
}
"""Where each public name is at home."""


_PACKAGES = ("course", "plot", "regimens")
"""Packages that are opened at their first use, as `b12guide.regimens.compare(...)`."""


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"b12guide.{name}")
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f"b12guide.{home}"), name)
            globals()[name] = value
            return value
    message = f"module `b12guide` has no attribute `{name}`"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
