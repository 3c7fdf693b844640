"""The words of the city's records: a record holds the place of a word, departments write it out."""

from collections.abc import Mapping

__all__ = ["WORDS", "place"]

WORDS: Mapping[str, tuple[str, ...]] = {
    "population": ("entity", "operator", "producer"),
    "status": ("active", "paused", "stopped"),
    "purpose": ("routine", "random_key", "random_general", "reinspection", "complaint"),
    "result": ("pass", "corrected", "pending", "fail", "uncontactable", "none", "refused"),
    "severity": ("critical", "serious", "minor"),
    "change": (
        "legal_representative",
        "name",
        "address",
        "production_address",
        "scope",
        "capital",
        "shareholder",
    ),
    "list": (
        "abnormal",
        "serious_dishonesty",
        "judgment_defaulter",
        "consumption_limit",
        "tax_arrears",
    ),
    "reason": (
        "report_missing",
        "unreachable",
        "disclosure_missing",
        "banned_material",
        "excess_substance",
        "other_harm",
        "not_performing",
        "evasion",
        "property_report",
    ),
    "organ": ("market", "tax", "fire", "environment", "urban"),
    "violation": (
        "hygiene",
        "storage",
        "records",
        "expired",
        "staff",
        "scope",
        "additive",
        "contaminated",
        "substandard",
        "label",
        "foreign_matter",
        "misleading",
        "advertising",
        "unlicensed",
        "price",
        "product_quality",
        "tax_filing",
        "invoice",
        "fire_exit",
        "waste",
        "obstruction",
    ),
    "penalty": ("warning", "fine", "confiscation", "suspension", "stoppage", "revocation"),
    "topic": (
        "food_quality",
        "hygiene",
        "foreign_matter",
        "label",
        "price",
        "service",
        "contract",
        "fumes",
        "rubbish",
        "rats",
        "street_vendor",
    ),
    "grade": ("outbreak", "mass", "death"),
    "licence": ("operation", "production"),
    "event": ("granted", "renewed", "cancelled", "revoked"),
    "filing": ("prepackaged", "pause", "articles", "online"),
    "role": ("investment", "branch", "same_person", "supply", "commission"),
    "scheme": ("haccp", "iso22000", "gmp", "fssc22000"),
    "level": ("city", "province", "nation"),
    "rating": ("A", "B", "M", "C", "D"),
    "duty": ("on_time", "late", "missed"),
    "tag": ("", "new_format", "new_technology", "new_ingredient", "new_variety", "local"),
}


def place(about: str, word: str) -> int:
    """Return the place of a word.

    Examples
    --------
    >>> place("purpose", "random_key")
    1
    """
    return WORDS[about].index(word)
