SELECT
    _row,
    统一社会信用代码 AS enterprise,
    评价编号 AS number,
    评价日期 AS occurred,
    上报日期 AS known,
    评价机构 AS issuer,
    评价方法 AS method,
    评价结论 AS grade,
    得分 AS score,
    有效期至 AS valid_to
FROM evaluations
