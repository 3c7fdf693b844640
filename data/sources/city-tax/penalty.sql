-- The columns of the national exchange format 双公示, whose money is in 万元.
SELECT
    p._row,
    p.CF_XDR_SHXYM AS enterprise,
    p.CF_WSH AS number,
    p.CF_JDRQ AS occurred,
    p.CF_GSRQ AS known,
    'other' AS organ,
    'false' AS food,
    coalesce(v.code, p.CF_WFXW) AS violation,
    coalesce(k.kind, p.CF_CFLB) AS penalty_kind,
    p.CF_NR_FK AS fine
FROM penalties AS p
LEFT JOIN violation AS v ON v.zh = p.CF_WFXW
LEFT JOIN kind AS k ON k.code = p.CF_CFLB
