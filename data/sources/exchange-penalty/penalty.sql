-- Money is in 万元. Where a department does not know the credit code, the name, the address and the
-- food licence serve to find the enterprise.
SELECT
    p._row,
    p.CF_XDR_SHXYM AS enterprise,
    p.CF_XDR_XKZ AS by_licence,
    p.CF_XDR_MC AS by_name,
    p.CF_XDR_DZ AS by_address,
    p.CF_WSH AS number,
    p.CF_JDRQ AS occurred,
    p.CF_GSRQ AS known,
    p.CF_AH AS "case",
    'other' AS organ,
    CASE WHEN p.CF_YJ LIKE '《中华人民共和国食品安全法》%' THEN 'true' ELSE 'false' END AS food,
    coalesce(v.code, p.CF_WFXW) AS violation,
    p.CF_YJ AS basis,
    coalesce(k.kind, p.CF_CFLB) AS penalty_kind,
    p.CF_NR_FK AS fine,
    p.CF_NR_WFFF AS confiscated,
    p.CF_JKRQ AS due,
    p.CF_GSRQ AS published
FROM penalties AS p
LEFT JOIN violation AS v ON v.zh = p.CF_WFXW
LEFT JOIN kind AS k ON k.code = p.CF_CFLB
