SELECT
    c._row,
    c.组织代码 AS enterprise,
    c.证书号 AS number,
    c.颁证日期 AS occurred,
    c.上报日期 AS known,
    coalesce(s.scheme, c.认证标准) AS scheme,
    c.到期日期 AS valid_to
FROM certificates AS c
LEFT JOIN scheme AS s ON s.code = c.认证标准
