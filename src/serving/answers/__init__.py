"""Answers of the service: what each of them holds, with an example, and how it is made.

The models describe; what is sent is made from the values themselves and not validated again. Tests
hold every answer against its model.
"""

from .account import (
    AccountAnswer,
    AccountsAnswer,
    InvitationAnswer,
    SessionsEndedAnswer,
    account_values,
)
from .alarm import (
    AlarmAnswer,
    AlarmsAnswer,
    WatchRunsAnswer,
    alarm_values,
    product_names,
    watch_run_values,
    whole_alarm_values,
)
from .audit import AuditAnswer, VerificationAnswer, audit_values
from .authority import ChannelsAnswer, RolesAnswer, channels_values, roles_values
from .catalogue import IndicatorsAnswer, indicators_values
from .changes import ChangesAnswer, change_values
from .downgrade import (
    DowngradeAnswer,
    DowngradesAnswer,
    ServedAnswer,
    downgrade_values,
    served_values,
    whole_downgrade_values,
)
from .enterprise import (
    EnterprisesAnswer,
    ProfileAnswer,
    category_values,
    listed_values,
    term_values,
    terms_of,
)
from .explanation import (
    ExplanationAnswer,
    ShortExplanationAnswer,
    explanation_values,
    short_explanation_values,
)
from .feed import FeedAnswer
from .grade import GradeAnswer, GradesAnswer, given_values, grade_values
from .health import HealthAnswer, ReadyAnswer, StateAnswer
from .jobs import JobRequestAnswer, JobRunsAnswer, JobsAnswer
from .key import IssuedKeyAnswer, KeyAnswer, KeysAnswer, key_values
from .model import ModelAnswer, model_values
from .movement import MovementAnswer, moved_values, movement_values
from .objection import ObjectionAnswer, objection_values
from .overview import OverviewAnswer
from .posting import ReceiptAnswer, receipt_values
from .promotions import PromotionsAnswer, promotions_values
from .record import RecordsAnswer, records_values
from .remedies import RemediesAnswer, remedies_values
from .review import QueueAnswer, ReviewAnswer, brief_values, review_values
from .reviewpolicy import ReviewPolicyAnswer, review_policy_values
from .scores import ScoredRowAnswer, ScoresAnswer
from .session import (
    ProvidersAnswer,
    SecondFactorAnswer,
    SessionAnswer,
    second_factor_answer,
    session_answer,
)
from .values import Language, Level, Values
from .warning import WarningsAnswer, rise_values, warned_values
from .webhook import (
    DeliveriesAnswer,
    SubscriptionAnswer,
    SubscriptionsAnswer,
    WebhookAnswer,
    WebhookKeysAnswer,
    WebhooksAnswer,
    delivery_values,
    subscription_values,
    webhook_values,
)
from .whatif import WhatIfAnswer

__all__ = [
    "AccountAnswer",
    "AccountsAnswer",
    "AlarmAnswer",
    "AlarmsAnswer",
    "AuditAnswer",
    "ChangesAnswer",
    "ChannelsAnswer",
    "DeliveriesAnswer",
    "DowngradeAnswer",
    "DowngradesAnswer",
    "EnterprisesAnswer",
    "ExplanationAnswer",
    "FeedAnswer",
    "GradeAnswer",
    "GradesAnswer",
    "HealthAnswer",
    "IndicatorsAnswer",
    "InvitationAnswer",
    "IssuedKeyAnswer",
    "JobRequestAnswer",
    "JobRunsAnswer",
    "JobsAnswer",
    "KeyAnswer",
    "KeysAnswer",
    "Language",
    "Level",
    "ModelAnswer",
    "MovementAnswer",
    "ObjectionAnswer",
    "OverviewAnswer",
    "ProfileAnswer",
    "PromotionsAnswer",
    "ProvidersAnswer",
    "QueueAnswer",
    "ReadyAnswer",
    "ReceiptAnswer",
    "RecordsAnswer",
    "RemediesAnswer",
    "ReviewAnswer",
    "ReviewPolicyAnswer",
    "RolesAnswer",
    "ScoredRowAnswer",
    "ScoresAnswer",
    "SecondFactorAnswer",
    "ServedAnswer",
    "SessionAnswer",
    "SessionsEndedAnswer",
    "ShortExplanationAnswer",
    "StateAnswer",
    "SubscriptionAnswer",
    "SubscriptionsAnswer",
    "Values",
    "VerificationAnswer",
    "WarningsAnswer",
    "WatchRunsAnswer",
    "WebhookAnswer",
    "WebhookKeysAnswer",
    "WebhooksAnswer",
    "WhatIfAnswer",
    "account_values",
    "alarm_values",
    "audit_values",
    "brief_values",
    "category_values",
    "change_values",
    "channels_values",
    "delivery_values",
    "downgrade_values",
    "explanation_values",
    "given_values",
    "grade_values",
    "indicators_values",
    "key_values",
    "listed_values",
    "model_values",
    "moved_values",
    "movement_values",
    "objection_values",
    "product_names",
    "promotions_values",
    "receipt_values",
    "records_values",
    "remedies_values",
    "review_policy_values",
    "review_values",
    "rise_values",
    "roles_values",
    "second_factor_answer",
    "served_values",
    "session_answer",
    "short_explanation_values",
    "subscription_values",
    "term_values",
    "terms_of",
    "warned_values",
    "watch_run_values",
    "webhook_values",
    "whole_alarm_values",
    "whole_downgrade_values",
]
