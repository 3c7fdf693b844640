-- Calls that the hotline 12345 handed on keep its number.
WITH versions AS (
    SELECT
        *,
        unnest(list_distinct([
            登记日期, greatest(登记日期, 受理日期), greatest(登记日期, 办结日期)
        ])) AS moment
    FROM calls
    WHERE 转办工单号 IS NOT NULL
)
SELECT
    c._row,
    c.统一社会信用代码 AS enterprise,
    c.被诉企业 AS by_name,
    c.企业地址 AS by_address,
    c.转办工单号 AS number,
    c.接收日期 AS occurred,
    c.moment AS known,
    CASE c.类别 WHEN '投诉' THEN 'complaint' WHEN '举报' THEN 'report' ELSE c.类别 END AS type,
    CASE c.涉及食品安全 WHEN '是' THEN 'true' WHEN '否' THEN 'false' ELSE c.涉及食品安全 END AS food,
    coalesce(t.code, c.问题) AS topic,
    c.涉及商品 AS product,
    c.渠道 AS channel,
    CASE WHEN c.受理日期 <= c.moment THEN c.受理日期 END AS accepted,
    CASE WHEN c.办结日期 <= c.moment THEN c.办结日期 END AS closed,
    CASE
        WHEN c.办结日期 <= c.moment THEN
            CASE c.是否属实 WHEN '属实' THEN 'true' WHEN '不属实' THEN 'false' ELSE c.是否属实 END
    END AS verified
FROM versions AS c
LEFT JOIN topic AS t ON t.zh = c.问题
