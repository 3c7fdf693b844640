SELECT
    _row,
    统一社会信用代码 AS enterprise,
    文书号 AS number,
    责令日期 AS occurred,
    录入日期 AS known,
    整改期限 AS due
FROM rectifications
