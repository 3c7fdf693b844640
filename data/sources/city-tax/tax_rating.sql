SELECT
    _row,
    纳税人识别号 AS enterprise,
    评价年度 AS number,
    评价日期 AS occurred,
    发布日期 AS known,
    评价年度 AS year,
    纳税信用级别 AS rating
FROM ratings
