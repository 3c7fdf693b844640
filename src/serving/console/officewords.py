"""Words of the office: what codes of accounts, keys, the audit and the model are called."""

from collections.abc import Mapping

from ...ledger import downgrades, reviews, watch
from ..access.masking import Kind
from ..access.roles import Permission, Role

__all__ = [
    "ACCOUNT_STATES",
    "ACTIONS",
    "DETAILS",
    "GATES",
    "GATE_STATES",
    "GROUPINGS",
    "KEY_STATES",
    "MASKED",
    "MEASURES",
    "PARTS",
    "PERMISSIONS",
    "PROMOTIONS",
    "SEARCHED",
    "TRAIL_STATES",
    "VERBS",
    "WHY",
    "Words",
    "of_action",
    "of_code",
]

Words = tuple[str, str]
"""In Chinese and in English."""
_P = Permission

PERMISSIONS: Mapping[str, Words] = {
    _P.READ_CATALOGUE: ("查看指标与模型", "read indicators and model"),
    _P.READ_GRADE: ("查看等级", "read grades"),
    _P.READ_EXPLANATION: ("查看等级依据", "read why"),
    _P.READ_RECORDS: ("查看记录", "read records"),
    _P.READ_PERSONAL_DATA: ("查看个人信息", "read personal data"),
    _P.READ_CHANGES: ("接收等级变动", "read changes of grades"),
    _P.ASK_WHAT_IF: ("假设测算", "ask what-if"),
    _P.SCORE_BATCHES: ("批量查询等级", "score batches"),
    _P.POST_RECORDS: ("报送记录", "post records"),
    _P.OBJECT: ("提出异议", "take objections down"),
    _P.DECIDE: ("作出决定", "decide"),
    _P.SECOND: ("复核他人决定", "be the second pair of eyes"),
    _P.PROPOSE_PROMOTION: ("提议启用模型", "propose a model"),
    _P.PROMOTE: ("批准启用模型", "put a model into force"),
    _P.READ_AUDIT: ("查看审计", "read the audit"),
    _P.READ_ACCESS: ("查看账号与密钥", "read accounts and keys"),
    _P.READ_OPERATIONS: ("查看运行情况", "read operations"),
    _P.RUN_JOBS: ("运行定时任务", "run jobs"),
    _P.MANAGE_KEYS: ("管理密钥", "manage keys"),
    _P.MANAGE_ACCOUNTS: ("管理账号", "manage accounts"),
}
WHY: Mapping[str, str] = {
    Role.CONSUMER: "等级是内部监管依据，不予公开；指标含义不是秘密，被评级者可以提出异议。",
    Role.DEPARTMENT: "其系统报送记录，并按等级安排本辖区自己的检查；"
    "为此不需要自然人信息，也不作决定。",
    Role.INSPECTOR: "身在企业现场：需要地址和联系人，记录检查所见，受理异议；"
    "不对自己检查的等级作决定。",
    Role.SUPERVISOR: "对等级负责：复核、决定、复核他人的决定，批准新模型启用；"
    "不报送自己据以决定的记录。",
    Role.DATA_SCIENTIST: "用隐去个人信息的记录建立并提议模型；建模的人不批准模型启用。",
    Role.ADMINISTRATOR: "运行系统、开通人员；不看等级，所以管密钥并不等于能看密钥打开的内容，"
    "每把密钥都在审计中。自己无权做的、以及作决定或管理的权限，不能一人授予。",
    Role.AUDITOR: "查看谁看了、改了什么；自己不作更改，也看不到他人可看的内容。",
}
"""Why each role may do that and no more; the English words are those of the service."""
ACCOUNT_STATES: Mapping[str, Words] = {
    "in use": ("使用中", "in use"),
    "set-up": ("待本人设口令", "has to choose a password"),
    "waits": ("待另一管理员同意", "waits for a second administrator"),
    "disabled": ("已停用", "out of use"),
}
KEY_STATES: Mapping[str, Words] = {
    "valid": ("有效", "valid"),
    "ends soon": ("即将到期", "ends soon"),
    "waits": ("待另一管理员同意", "waits for a second administrator"),
    "not valid yet": ("尚未生效", "not valid yet"),
    "expired": ("已过期", "expired"),
    "revoked": ("已吊销", "revoked"),
}
TRAIL_STATES: Mapping[str, Words] = {
    "sound": ("完整", "sound"),
    "faulty": ("发现问题", "faulty"),
    "failed": ("检查未完成", "the check came to no end"),
    "never checked": ("从未检查", "never checked"),
    "not scheduled": ("未安排检查", "no check is scheduled"),
}
MASKED: Mapping[str, Words] = {
    Kind.NAME: ("姓名", "names"),
    Kind.IDENTITY: ("身份证号", "identity numbers"),
    Kind.PHONE: ("电话", "telephone numbers"),
    Kind.ADDRESS: ("地址", "addresses"),
    Kind.REMARK: ("备注", "remarks"),
}
PROMOTIONS: Mapping[str, Words] = {
    "first": ("首个模型", "the first"),
    "challenger": ("挑战者胜出", "a challenger that passed"),
    "recalibration": ("重新校准", "a recalibration"),
    "rollback": ("回退", "a roll-back"),
    "named": ("直接指定", "named"),
}
PARTS: Mapping[str, Words] = {"train": ("训练", "training"), "test": ("检验", "test")}
MEASURES: Mapping[str, Words] = {
    "auc": ("排序能力 AUC", "ranking (AUC)"),
    "auc_entity": ("排序能力 AUC：商事主体", "ranking (AUC): market entities"),
    "auc_operator": ("排序能力 AUC：食品经营者", "ranking (AUC): food operators"),
    "auc_producer": ("排序能力 AUC：食品生产者", "ranking (AUC): food producers"),
    "log_loss": ("对数损失", "log loss"),
    "brier": ("布里尔分", "Brier score"),
    "calibration_error": ("校准误差", "calibration error"),
}
GATES: Mapping[str, Words] = {
    "data": ("数据", "data"),
    "ranking": ("排序", "ranking"),
    "loss": ("损失", "loss"),
    "calibration": ("校准", "calibration"),
    "fairness": ("公平", "fairness"),
    "migration": ("等级迁移", "migration"),
    "directions": ("方向", "directions"),
    "order": ("次序", "order"),
    "step": ("步幅", "step"),
}
GATE_STATES: Mapping[str, Words] = {
    "passed": ("通过", "passed"),
    "failed": ("未通过", "failed"),
    "undecided": ("不能确定", "undecided"),
}
GROUPINGS: Mapping[str, Words] = {
    "probability": ("预测概率（十分位）", "Tenths by probability"),
    "population": ("企业类型", "Population"),
    "district": ("辖区", "District"),
    "category": ("业态", "Line of business"),
    "staff": ("从业人数", "Staff"),
    "capital": ("注册资本", "Capital"),
}
ACTIONS: Mapping[str, Words] = {
    "issue key": ("签发密钥", "issued a key"),
    "hold key": ("密钥待同意", "a key waits for agreement"),
    "agree to key": ("同意密钥", "agreed to a key"),
    "rotate key": ("轮换密钥", "rotated a key"),
    "revoke key": ("吊销密钥", "revoked a key"),
    "add account": ("新增账号", "made an account"),
    "set person": ("指明账号归属", "said whose an account is"),
    "change grant": ("变更权限", "changed what an account may do"),
    "disable account": ("停用账号", "took an account out of use"),
    "enable account": ("启用账号", "took an account into use"),
    "offer set-up": ("发放设口令码", "gave a set-up code"),
    "set password": ("设置口令", "set a password"),
    "hold account": ("账号待同意", "an account waits for agreement"),
    "agree to account": ("同意账号变更", "agreed to an account"),
    "end sessions": ("结束会话", "ended sessions"),
    "offer second factor": ("发放第二因子", "began a second factor"),
    "confirm second factor": ("启用第二因子", "set up a second factor"),
    "drop second factor": ("撤除第二因子", "dropped a second factor"),
    "sign in": ("登录", "signed in"),
    "sign out": ("退出", "signed out"),
    "was kept out": ("登录被拒", "was kept out"),
    "prove again": ("再次验证身份", "proved again who they are"),
    "was refused": ("请求被拒", "was refused"),
    "promote": ("启用模型", "put a model into force"),
    "try": ("检验挑战者", "tried a challenger"),
    "search enterprises": ("查询企业", "searched enterprises"),
    "ask what if": ("假设测算", "asked what if"),
    "post records": ("报送记录", "posted records"),
    "subscribe": ("订阅变动", "subscribed"),
    "unsubscribe": ("取消订阅", "unsubscribed"),
    "resume webhook": ("恢复订阅", "resumed a webhook"),
    "send changes": ("发送变动", "sent changes"),
    "run job": ("要求运行任务", "asked for a job"),
}
"""What stands in the audit; of what is read, and of cases, `VERBS` and `THINGS` make the words."""
VERBS: Mapping[str, Words] = {
    "read": ("查看", "read"),
    "accept": ("受理", "accepted"),
    "agree": ("同意", "agreed to"),
    "amend": ("修改", "amended"),
    "answer": ("答复", "answered"),
    "begin": ("开始", "began"),
    "close": ("关闭", "closed"),
    "confirm": ("确认", "confirmed"),
    "decide": ("决定", "decided"),
    "decline": ("不予受理", "declined"),
    "draft": ("起草", "drafted"),
    "escalate": ("升级", "escalated"),
    "expire": ("到期", "ended"),
    "extend": ("延期", "extended"),
    "lift": ("解除", "lifted"),
    "move": ("等级变动", "noted a move in"),
    "note": ("备注", "noted on"),
    "notify": ("通知", "notified of"),
    "open": ("开立", "opened"),
    "reckon": ("计时", "reckoned"),
    "refuse": ("不同意", "refused"),
    "reject": ("驳回", "rejected"),
    "release": ("退回", "released"),
    "reopen": ("重开", "reopened"),
    "replace": ("替换", "replaced"),
    "retract": ("撤回", "retracted"),
    "serve": ("送达", "served"),
    "state": ("陈述意见", "stated on"),
    "take": ("领取", "took"),
    "withdraw": ("撤销", "withdrew"),
}
THINGS: Mapping[str, Words] = {
    "access history": ("访问史", "the access history"),
    "account": ("账号", "an account"),
    "accounts": ("账号", "accounts"),
    "alarm": ("产品预警", "an alarm"),
    "alarms": ("产品预警", "alarms"),
    "audit": ("审计", "the audit"),
    "changes": ("等级变动", "changes"),
    "channels": ("渠道", "channels"),
    "deliveries": ("推送", "deliveries"),
    "downgrade": ("降级警示", "a downgrade warning"),
    "downgrade document": ("警示文书", "the document of a warning"),
    "downgrades": ("降级警示", "downgrade warnings"),
    "explanation": ("等级依据", "an explanation"),
    "feed": ("产品信号", "the feed"),
    "grade": ("等级", "a grade"),
    "grades": ("历次等级", "grades"),
    "indicators": ("指标", "indicators"),
    "jobs": ("定时任务", "jobs"),
    "key": ("密钥", "a key"),
    "keys": ("密钥", "keys"),
    "metrics": ("运行指标", "metrics"),
    "model": ("模型", "the model"),
    "movement": ("变动原因", "why a grade moved"),
    "objection": ("异议", "an objection"),
    "overview": ("概览", "the overview"),
    "profile": ("企业概况", "a profile"),
    "promotions": ("模型启用史", "promotions of models"),
    "receipt": ("报送回执", "a receipt"),
    "records": ("记录", "records"),
    "remedies": ("改进途径", "remedies"),
    "review": ("复核", "a review"),
    "review policy": ("复核规则", "the review policy"),
    "reviews": ("复核", "reviews"),
    "roles": ("角色", "roles"),
    "scores": ("批量等级", "scores"),
    "served downgrade": ("送达的警示", "a served warning"),
    "state": ("系统状态", "the state"),
    "subscriptions": ("订阅", "subscriptions"),
    "verification": ("审计校验", "the verification"),
    "warnings": ("预警", "warnings"),
    "watch runs": ("监测运行", "runs of the watch"),
    "webhook": ("订阅", "a webhook"),
    "webhooks": ("订阅", "webhooks"),
}
DETAILS: Mapping[str, Words] = {
    "actions": ("动作", "actions"),
    "address": ("地址", "address"),
    "after": ("之后", "after"),
    "answer": ("结果", "answer"),
    "as_of": ("以此日为准", "as of"),
    "before": ("之前", "before"),
    "by": ("何人", "by"),
    "categories": ("类别", "categories"),
    "channel": ("渠道", "channel"),
    "device": ("设备", "device"),
    "disabled": ("停用时间", "out of use since"),
    "districts": ("辖区", "districts"),
    "edition": ("版本", "edition"),
    "enterprises": ("企业", "enterprises"),
    "expires": ("到期", "expires"),
    "from": ("来自", "from"),
    "giver": ("授予者", "given by"),
    "grant": ("权限", "grant"),
    "holder": ("持有者", "holder"),
    "limit": ("上限", "limit"),
    "of": ("对象", "of"),
    "permissions": ("权限项", "permissions"),
    "person": ("本人", "person"),
    "problem": ("问题", "problem"),
    "purpose": ("用途", "purpose"),
    "reason": ("理由", "reason"),
    "request_id": ("请求编号", "request"),
    "role": ("角色", "role"),
    "route": ("接口", "route"),
    "second_factor": ("第二因子", "second factor"),
    "seen": ("所见摘要", "seen"),
    "sequence": ("数据批次", "deliveries"),
    "sessions": ("会话数", "sessions"),
    "setup_until": ("设口令码有效至", "set-up code until"),
    "since": ("自", "since"),
    "sources": ("来源", "sources"),
    "state": ("状态", "state"),
    "status": ("状态码", "status"),
    "successor": ("继任密钥", "successor"),
    "until": ("至", "until"),
    "version": ("版本", "version"),
    "why": ("原因", "why"),
}

SEARCHED: Mapping[Words, tuple[str, ...]] = {
    ("账号、密钥与其他", "Keys, accounts and more"): tuple(ACTIONS),
    ("查看", "Readings"): tuple(f"read {each}" for each in THINGS),
    ("复核", "Reviews"): tuple(f"{each} review" for each in reviews.Act),
    ("降级警示", "Downgrade warnings"): tuple(f"{each} downgrade" for each in downgrades.Act),
    ("产品预警", "Alarms"): tuple(f"{each} alarm" for each in watch.Act),
}
"""What the audit is searched for, in groups."""


def of_code(table: Mapping[str, Words], code: str) -> Words:
    """Return the words of a code; itself where the table has none, with no underscores.

    Examples
    --------
    >>> of_code(KEY_STATES, "revoked"), of_code(DETAILS, "asked_for")
    (('已吊销', 'revoked'), ('asked for', 'asked for'))
    """
    plain = code.replace("_", " ")
    return table.get(code, (plain, plain))


def of_action(action: str) -> Words:
    """Return the words of an action in the audit.

    Examples
    --------
    >>> of_action("read grade"), of_action("lift review"), of_action("revoke key")
    (('查看等级', 'read a grade'), ('解除复核', 'lifted a review'), ('吊销密钥', 'revoked a key'))
    """
    verb, _, thing = action.partition(" ")
    if action in ACTIONS or verb not in VERBS or thing not in THINGS:
        return of_code(ACTIONS, action)
    zh, en = VERBS[verb]
    return zh + THINGS[thing][0], f"{en} {THINGS[thing][1]}"
