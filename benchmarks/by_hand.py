"""All verdicts of `mecobalamin_im` for one patient, written by hand with plain if and else.

This is the yardstick: what a programmer would write who knows the rules, wants speed, and keeps
unknown (`None`) apart from false. It reads a fact once, stops as soon as an answer is certain,
works out once what several rules share, and leaves out a whole topic that does not concern the
patient. `benchmarks/verdicts.py` checks that its answers are those of the guideline.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FALLS, APPLIES, OVERRIDDEN, OPEN = range(4)


def verdicts(  # noqa: PLR0915 -- one function is quickest
    values: Mapping[str, Any], definitions: Mapping[str, bool]
) -> tuple[int, ...]:
    """The code of the verdict of every rule, in the order of the guideline.

    Args:
        values: What is known of the patient.
        definitions: Definitions that are known to hold or not, whatever their facts are.
    """
    get = values.get
    age = get("age")
    defect = get("inherited_cobalamin_defect")
    if age is not None and age < 18:
        return _OUTSIDE[1 if defect else 0 if defect is False else 3]

    deficiency, treatment = get("b12_deficiency"), get("b12_treatment")
    surgery, resected = get("bariatric_surgery"), get("ileal_resection")
    resection = None if resected is None else resected > 20

    # Who is treated at all.
    if deficiency or treatment:
        person = True
    elif deficiency is None or treatment is None:
        person = None
    else:
        person = False
    if person or surgery or resection:
        treated = True
    elif person is None or surgery is None or resection is None:
        treated = None
    else:
        treated = False
    if "treatment_indicated" in definitions:
        treated = definitions["treatment_indicated"]
    is_treated = 1 if treated else 0 if treated is False else 3

    # Kidneys, diabetes, inherited defects.
    egfr = get("egfr")
    renal = None if egfr is None else egfr < 50
    dysfunction = get("renal_dysfunction")
    is_renal = 1 if renal else 0 if renal is False else 3
    is_dysfunction = 1 if dysfunction else 0 if dysfunction is False else 3
    if treated is False or dysfunction is False:
        treated_dysfunction = 0
    else:
        treated_dysfunction = 1 if treated and dysfunction else 3
    treated_renal = (
        0 if treated is False or renal is False else 1 if treated and renal else 3
    )
    diabetes, nephropathy = get("diabetes"), get("nephropathy")
    if diabetes is False or nephropathy is False:
        diabetic = 0
    else:
        diabetic = 1 if diabetes and nephropathy else 3
    is_defect = 1 if defect else 0 if defect is False else 3
    gene = get("cobalamin_gene")
    mmachc = 3 if gene is None else 1 if gene == "MMACHC" else 0

    # The nervous system.
    paresthesia, numbness = get("paresthesia"), get("numbness")
    gait, thinking = get("gait_disturbance"), get("cognitive_difficulty")
    memory, other = get("memory_problem"), get("other_neurological_symptom")
    glossitis = get("glossitis")
    severe = get("severe_neurological_symptoms")
    symptom: bool | None
    if paresthesia or numbness or gait or thinking or memory or other:
        symptom = True
    elif (
        paresthesia is None
        or numbness is None
        or gait is None
        or thinking is None
        or memory is None
        or other is None
    ):
        symptom = None
    else:
        symptom = False
    neurology = True if symptom or glossitis else symptom
    if neurology is False and glossitis is None:
        neurology = None
    if "neurological_symptoms" in definitions:
        neurology = definitions["neurological_symptoms"]
    plateau, recovery = get("neurological_plateau"), get("neurological_recovery")
    loaded = get("loading_complete")
    returned = get("symptoms_returned")
    replete = get("b12_repleted")

    # Loading: only with deficiency.
    loading_neurological = duration_claim = loading_standard = loading_done = 0
    glossitis_only = plateau_only = renal_loading = bariatric_loading = 0
    resection_loading = neurological_maintenance = 0
    mild_choice = withheld_in_deficiency = unneurological = route_neurological = 0
    route_plain = 0
    neurological: bool | None = False
    if deficiency is not False:
        sure = 1 if deficiency else 3
        without = None if neurology is None else not neurology
        done: bool | None
        if (
            plateau
            or recovery
            or (without and (loaded or replete or get("levels_stable")))
            or (loaded and returned)
        ):
            done = True
        elif without is None and (loaded or replete or get("levels_stable")):
            done = None
        else:
            done = None if loaded and returned is None else False
        if done is not False:
            loading_done = 1 if done and deficiency else 3
        if neurology is not False:
            route_neurological = sure if neurology else 3
            loading_neurological = route_neurological
            if not plateau and not returned:
                duration_claim = route_neurological
        if without is not False:
            unneurological = loading_standard = sure if without else 3
            route_plain = unneurological
            if route_plain == 1 and surgery is not False:
                route_plain = 2 if surgery else 3
        if loading_done == 1:
            if loading_neurological == 1:
                loading_neurological = 2
            if loading_standard == 1:
                loading_standard = 2
        elif loading_done == 3:
            if loading_neurological == 1:
                loading_neurological = 3
            if loading_standard == 1:
                loading_standard = 3
        if glossitis is not False and not symptom and not severe:
            plain = glossitis and symptom is False and severe is False
            glossitis_only = sure if plain else 3
        if plateau is not False and not recovery:
            plateau_only = sure if plateau and recovery is False else 3
        if not loaded and not plateau:
            if renal is not False:
                renal_loading = sure if renal else 3
            if surgery is not False:
                bariatric_loading = sure if surgery else 3
            if resection is not False:
                resection_loading = sure if resection else 3
        if neurology or plateau or recovery:
            neurological = deficiency
        elif neurology is None or plateau is None or recovery is None:
            neurological = None
        if neurological is not False:
            neurological_maintenance = 1 if neurological else 3
        if neurological is not False and not severe:
            mild_choice = 1 if neurological and severe is False else 3
        if not replete:
            withheld_in_deficiency = sure

    # Absorption.
    procedure = get("bariatric_procedure")
    bypass: bool | None
    unnamed = other_procedure = 3
    if procedure is None:
        effect = get("other_procedure_effect")
        bypass = None
    elif procedure in {"roux_en_y", "biliopancreatic_diversion"}:
        bypass, unnamed, other_procedure = True, 0, 0
    elif procedure == "other":
        effect = get("other_procedure_effect")
        bypass = None if effect is None else effect == "impairs"
        unnamed, other_procedure = 0, 1
    else:
        bypass = False
        unnamed = 1 if procedure in {"sleeve_gastrectomy", "gastric_band"} else 0
        other_procedure = 0
    if mild_choice == 1 and bypass is not False:
        mild_choice = 2 if bypass else 3
    is_bypass = 1 if bypass else 0 if bypass is False else 3
    is_surgery = 1 if surgery else 0 if surgery is False else 3
    is_resection = 1 if resection else 0 if resection is False else 3
    after_surgery = is_surgery
    if surgery and bypass is not False:
        after_surgery = 2 if bypass else 3

    crohns = get("crohns_disease")
    ileum: bool | None = False
    if crohns is not False:
        involved = get("ileal_involvement")
        if involved is None or 30 < involved <= 60:
            ileum = None
        elif involved > 60:
            ileum = crohns
    crohns_ileum = 1 if ileum else 0 if ileum is False else 3
    if "extensive_ileal_disease" in definitions:
        extensive = 1 if definitions["extensive_ileal_disease"] else 0
    elif ileum or resection:
        extensive = 1
    else:
        extensive = 0 if ileum is False and resection is False else 3

    # Maintenance gives way to what is more particular.
    maintenance = 1 if person else 0 if person is False else 3
    if maintenance == 1 or unneurological == 1:
        if neurological or surgery or resection:
            particular = 2
        elif neurological is None or surgery is None or resection is None:
            particular = 3
        else:
            particular = 1
        if maintenance == 1:
            maintenance = particular
        if unneurological == 1:
            unneurological = particular
    persistent = get("persistent_symptoms")
    if treated is False:
        monthly = monthly_persistent = more_often = 0
    else:
        monthly_persistent = 0
        if persistent is not False:
            monthly_persistent = 1 if treated and persistent else 3
        more_often = 0
        if returned is not False:
            more_often = 1 if treated and returned else 3
        monthly = is_treated
        if treated:
            if surgery or extensive == 1 or persistent or returned:
                monthly = 2
            elif (
                surgery is None
                or extensive == 3
                or persistent is None
                or returned is None
            ):
                monthly = 3

    # Routes.
    injection = 1 if person else 0 if person is False else 3
    oral = oral_route = 0
    if person is not False and not severe:
        oral = 1 if person and severe is False else 3
        if loaded:
            oral_route = oral
        if bypass is not False:
            if oral == 1:
                oral = 2 if bypass else 3
            if oral_route == 1:
                oral_route = 2 if bypass else 3
    if injection == 1 and surgery is not False:
        injection = 2 if surgery else 3
    severe_deficiency = get("severe_deficiency")
    if severe or severe_deficiency:
        severely = 1
    else:
        severely = 0 if severe is False and severe_deficiency is False else 3

    # Folate, needles, monitoring, causes.
    folate = get("folate_deficiency")
    is_folate = 1 if folate else 0 if folate is False else 3
    platelets = get("platelets")
    if platelets is None:
        few = boundary = 3
    else:
        few = 1 if 25 <= platelets <= 50 else 0
        boundary = 1 if platelets in {25, 50} else 0
    preconception = 0
    if surgery is not False:
        planning = get("planning_pregnancy")
        pregnant = get("pregnancy")
        if planning is not False and not pregnant:
            planned = surgery and planning and pregnant is False
            preconception = 1 if planned else 3
    reversible = 0
    if person is not False:
        vegan, metformin = get("vegan_diet"), get("metformin")
        inhibitor, gas = get("proton_pump_inhibitor"), get("nitrous_oxide")
        if vegan or metformin or inhibitor or gas:
            reversible = 1 if person else 3
        elif vegan is None or metformin is None or inhibitor is None or gas is None:
            reversible = 3

    return (
        is_treated,  # hydroxocobalamin_first
        is_treated,  # mecobalamin_alternative
        treated_dysfunction,  # mecobalamin_in_renal_dysfunction
        is_renal,  # renal_form
        is_dysfunction,  # mecobalamin_over_cyanocobalamin
        diabetic,  # safer_in_diabetic_nephropathy
        diabetic,  # cardiovascular_claim
        diabetic,  # diabetic_nephropathy
        is_defect,  # inherited_defect
        mmachc,  # mmachc_note
        0,  # child_with_inherited_defect
        is_treated,  # forms_differ
        loading_neurological,
        duration_claim,  # loading_duration_claim
        loading_standard,
        loading_done,
        glossitis_only,
        plateau_only,  # plateau_without_recovery
        renal_loading,
        bariatric_loading,
        resection_loading,
        maintenance,  # maintenance_standard
        unneurological,  # maintenance_without_neurology
        neurological_maintenance,  # maintenance_neurological
        treated_renal,  # renal_maintenance
        after_surgery,  # post_bariatric
        is_bypass,  # bypass
        is_bypass,  # bypass_rationale
        unnamed,  # unnamed_procedure
        other_procedure,
        is_resection,  # resection_prophylaxis
        monthly,
        monthly_persistent,  # monthly_for_persistent_symptoms
        is_surgery,  # monthly_after_bariatric_surgery
        extensive,  # monthly_for_ileal_disease
        extensive,  # form_of_monthly_for_ileal_disease
        oral,  # oral_after_loading
        mild_choice,  # mild_neurology_choice
        more_often,  # more_often_when_symptoms_return
        injection,  # route_injection
        route_plain,  # route_without_neurology
        route_neurological,
        treated_renal,  # route_renal
        is_resection,  # route_resection
        after_surgery,  # route_post_bariatric
        is_bypass,  # route_bypass
        oral_route,  # route_oral_after_loading
        severely,  # route_severe
        is_treated,  # oral_equivalence_claim
        is_treated,  # faster_by_injection_claim
        crohns_ileum,  # crohns_screening
        crohns_ileum,  # crohns_supplementation
        0 if replete else 1,  # folate_gate
        withheld_in_deficiency,  # folate_withheld_in_deficiency
        0 if folate else 1,  # folate_only_if_documented
        is_folate,  # folate_treatment
        1,  # no_routine_buttock
        1,  # buttock_quadrant
        1,  # buttock_direction
        few,  # fine_needle
        few,  # long_pressure
        boundary,  # platelet_boundary
        is_treated,  # three_month_check
        is_treated,  # first_year
        is_treated,  # trough
        is_treated,  # yearly_check
        is_treated,  # homocysteine_target
        is_treated,  # iron_status
        is_treated,  # not_serum_b12_alone
        is_treated,  # neurological_review
        preconception,  # preconception_check
        is_surgery,  # bariatric_nutrients
        is_surgery,  # vitamin_d_target
        is_treated,  # no_stopping
        reversible,  # reversible_cause
        1,  # clinical_judgement
        0,  # clinical_judgement_outside_scope
    )


def _outside(defect: int) -> tuple[int, ...]:
    found = [0] * 77
    found[10], found[76] = defect, 1
    return tuple(found)


_OUTSIDE = {code: _outside(code) for code in (0, 1, 3)}
"""The verdicts outside the scope, by that on an inherited defect."""
