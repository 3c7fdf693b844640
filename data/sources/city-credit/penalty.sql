-- The columns of the national exchange format 双公示, whose money is in 万元. Most decisions of the
-- market regulator come from itself too: whichever comes second says the same, a duplicate.
SELECT
    p._row,
    p.CF_XDR_SHXYM AS enterprise,
    p.CF_WSH AS number,
    p.CF_JDRQ AS occurred,
    p.CF_GSRQ AS known,
    p.CF_AH AS "case",
    coalesce(o.organ, p.CF_CFJG) AS organ,
    CASE p.CF_YJ
        WHEN '《中华人民共和国食品安全法》' THEN 'true'
        WHEN '有关法律法规' THEN 'false'
        ELSE p.CF_YJ
    END AS food,
    coalesce(v.code, p.CF_WFXW) AS violation,
    coalesce(k.kind, p.CF_CFLB) AS penalty_kind,
    p.CF_NR_FK AS fine,
    p.CF_NR_WFFF AS confiscated,
    p.CF_JKRQ AS due
FROM penalties AS p
LEFT JOIN organ AS o ON o.code = p.CF_CFJG
LEFT JOIN violation AS v ON v.zh = p.CF_WFXW
LEFT JOIN kind AS k ON k.code = p.CF_CFLB
