-- The centre knows a decision on the day on which it gathered it.
SELECT
    p._row,
    p.CF_XDR_SHXYM AS enterprise,
    p.CF_WSH AS number,
    p.CF_JDRQ AS occurred,
    p.GJRQ AS known,
    p.CF_AH AS "case",
    coalesce(o.organ, p.CF_CFJG) AS organ,
    CASE WHEN p.CF_YJ LIKE '《中华人民共和国食品安全法》%' THEN 'true' ELSE 'false' END AS food,
    coalesce(v.code, p.CF_WFXW) AS violation,
    coalesce(k.kind, p.CF_CFLB) AS penalty_kind,
    p.CF_NR_FK AS fine,
    p.CF_NR_WFFF AS confiscated
FROM forwarded AS p
LEFT JOIN organ AS o ON o.code = p.CF_CFJG
LEFT JOIN violation AS v ON v.zh = p.CF_WFXW
LEFT JOIN kind AS k ON k.code = p.CF_CFLB
