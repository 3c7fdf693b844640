"""What a caller needs for each route: the one place that says so."""

from collections.abc import Mapping
from types import MappingProxyType

from . import Permission

__all__ = ["NEEDS", "PURPOSED"]

_P = Permission

NEEDS: Mapping[str, Permission | None] = MappingProxyType(
    {
        "enterprises": _P.READ_RECORDS,
        "profile": _P.READ_RECORDS,
        "grade": _P.READ_GRADE,
        "grades": _P.READ_GRADE,
        "explanation": _P.READ_EXPLANATION,
        "records": _P.READ_RECORDS,
        "movement": _P.READ_EXPLANATION,
        "remedies": _P.READ_EXPLANATION,
        "scores": _P.SCORE_BATCHES,
        "scores_of_a_file": _P.SCORE_BATCHES,
        "changes": _P.READ_CHANGES,
        "webhooks": _P.READ_CHANGES,
        "webhook": _P.READ_CHANGES,
        "subscribe": _P.READ_CHANGES,
        "unsubscribe": _P.READ_CHANGES,
        "resume": _P.READ_CHANGES,
        "deliveries": _P.READ_CHANGES,
        "subscriptions": _P.READ_OPERATIONS,
        "pause_subscription": _P.MANAGE_KEYS,
        "resume_subscription": _P.MANAGE_KEYS,
        "webhook_keys": None,
        "what_if": _P.ASK_WHAT_IF,
        "post_records": _P.POST_RECORDS,
        "receipt": _P.POST_RECORDS,
        "reviews": _P.DECIDE,
        "review": _P.READ_EXPLANATION,
        "enterprise_reviews": _P.READ_EXPLANATION,
        "review_policy": _P.READ_CATALOGUE,
        "open_review": _P.DECIDE,
        "review_accept": _P.DECIDE,
        "review_decline": _P.DECIDE,
        "review_take": _P.DECIDE,
        "review_release": _P.DECIDE,
        "review_extend": _P.DECIDE,
        "review_decide": _P.DECIDE,
        "review_agree": _P.SECOND,
        "review_refuse": _P.SECOND,
        "review_retract": _P.DECIDE,
        "review_answer": _P.POST_RECORDS,
        "review_lift": _P.DECIDE,
        "review_note": _P.DECIDE,
        "review_notify": _P.DECIDE,
        "object": _P.OBJECT,
        "objection": _P.OBJECT,
        "withdraw_objection": _P.OBJECT,
        "indicators": _P.READ_CATALOGUE,
        "model": _P.READ_CATALOGUE,
        "jobs": _P.READ_OPERATIONS,
        "job_runs": _P.READ_OPERATIONS,
        "run_job": _P.RUN_JOBS,
        "operations_metrics": _P.READ_OPERATIONS,
        "metrics": None,
        "state": _P.READ_OPERATIONS,
        "keys": _P.READ_ACCESS,
        "key": _P.READ_ACCESS,
        "issue_key": _P.MANAGE_KEYS,
        "rotate_key": _P.MANAGE_KEYS,
        "revoke_key": _P.MANAGE_KEYS,
        "agree_to_key": _P.MANAGE_KEYS,
        "accounts": _P.READ_ACCESS,
        "account": _P.READ_ACCESS,
        "add_account": _P.MANAGE_ACCOUNTS,
        "grant_account": _P.MANAGE_ACCOUNTS,
        "reset_account": _P.MANAGE_ACCOUNTS,
        "drop_factor": _P.MANAGE_ACCOUNTS,
        "agree_to_account": _P.MANAGE_ACCOUNTS,
        "disable_account": _P.MANAGE_ACCOUNTS,
        "enable_account": _P.MANAGE_ACCOUNTS,
        "end_sessions": _P.MANAGE_ACCOUNTS,
        "roles": _P.READ_ACCESS,
        "channels": _P.READ_ACCESS,
        "access_history": _P.READ_ACCESS,
        "audit": _P.READ_AUDIT,
        "verification": _P.READ_OPERATIONS,
        # Whoever signs in has nothing to show yet: each of these looks for itself (door.py).
        "sign_in": None,
        "session": None,
        "set_up": None,
        "prove_again": None,
        "sign_out": None,
        "change_password": None,
        "offer_factor": None,
        "confirm_factor": None,
        "providers": None,
        "sign_in_elsewhere": None,
        "back": None,
        # That it lives, and how it is asked: no data, no figure.
        "health": None,
        "ready": None,
        "openapi": None,
        "page": None,
        "start": None,
    }
)
"""The permission by the name of the route; None where a route is open to everybody."""

PURPOSED = frozenset(
    {
        _P.READ_GRADE,
        _P.READ_EXPLANATION,
        _P.READ_RECORDS,
        _P.READ_CHANGES,
        _P.ASK_WHAT_IF,
        _P.SCORE_BATCHES,
        _P.POST_RECORDS,
        _P.DECIDE,
        _P.SECOND,
    }
)
"""What is done with a stated purpose only: all that reads or tells of enterprises."""
