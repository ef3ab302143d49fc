//! SQL views over the facts, for people and their tools.

/// Makes the views `orders`, `fills`, `conditions`, `signals`, `alerts` and `audit`. Prices,
/// quantities and money are exact decimal text, as the facts have them; times are RFC 3339, ours in
/// UTC, the exchange's with its offset.
pub const VIEWS: &str = r#"
CREATE VIEW audit AS
    SELECT sequence,
           strftime('%Y-%m-%dT%H:%M:%S', at / 1000000000, 'unixepoch')
               || printf('.%09dZ', at % 1000000000) AS time,
           kind,
           coalesce(body ->> '$.door', '') AS door,
           body
    FROM facts;

CREATE VIEW alerts AS
    SELECT sequence, time, body ->> '$.code' AS code, body ->> '$.text' AS text
    FROM audit WHERE kind = 'alerted';

CREATE VIEW signals AS
    WITH settled AS (
        -- With max(), SQLite takes the other columns from the row that has it.
        SELECT body ->> '$.id' AS id, body -> '$.outcome' AS outcome, max(sequence)
        FROM facts WHERE kind = 'signal_settled' GROUP BY id
    )
    SELECT sequence, audit.time, body ->> '$.signal.id' AS signal,
           substr(body ->> '$.signal.id', 1, instr(body ->> '$.signal.id', '#') - 1) AS condition,
           body ->> '$.signal.item' AS item, body ->> '$.signal.side' AS side,
           body ->> '$.signal.quantity' AS quantity, body ->> '$.signal.price' AS price,
           body ->> '$.signal.time' AS exchange_time,
           coalesce(body ->> '$.signal.reason', '') AS reason,
           CASE WHEN outcome ->> '$.ordered' IS NOT NULL THEN 'ordered'
                WHEN outcome ->> '$.refused' IS NOT NULL THEN 'refused'
                WHEN outcome ->> '$.nothing' IS NOT NULL THEN 'nothing'
                WHEN outcome ->> '$.waits' IS NOT NULL THEN 'waits'
                ELSE '' END AS outcome,
           coalesce(outcome ->> '$.ordered.order', '') AS "order",
           coalesce(outcome ->> '$.refused.code', '') AS code,
           coalesce(outcome ->> '$.refused.text', outcome ->> '$.nothing.text',
                    outcome ->> '$.waits.text', '') AS text
    FROM audit LEFT JOIN settled ON settled.id = body ->> '$.signal.id'
    WHERE kind = 'signaled';

CREATE VIEW fills AS
    WITH asked AS (
        SELECT body ->> '$.id' AS id, body -> '$.ticket' AS ticket,
               coalesce(body ->> '$.signal', '') AS signal
        FROM facts WHERE kind IN ('order_received', 'order_adopted')
    ),
    told AS (
        -- The same trade of the same order is the same fill.
        SELECT min(sequence) AS sequence, body ->> '$.id' AS id,
               body -> '$.report.filled' AS fill
        FROM facts WHERE kind = 'order_reported' AND body ->> '$.report.filled' IS NOT NULL
        GROUP BY id, fill ->> '$.trade'
    )
    SELECT sequence, id AS "order",
           substr(signal, 1, max(instr(signal, '#') - 1, 0)) AS condition,
           CASE WHEN signal = '' THEN '' ELSE substr(signal, instr(signal, '/') + 1) END AS kind,
           ticket ->> '$.item' AS item, ticket ->> '$.account' AS account,
           ticket ->> '$.side' AS side, fill ->> '$.quantity' AS quantity,
           fill ->> '$.price' AS price, fill ->> '$.fee' AS fee, fill ->> '$.tax' AS tax,
           fill ->> '$.time' AS time, fill ->> '$.trade' AS trade
    FROM told JOIN asked USING (id)
    ORDER BY sequence;

CREATE VIEW orders AS
    WITH asked AS (
        SELECT sequence, time, kind, door, body ->> '$.id' AS id, body -> '$.ticket' AS ticket,
               coalesce(body ->> '$.signal', '') AS signal, body -> '$.refusal' AS refusal
        FROM audit WHERE kind IN ('order_received', 'order_denied', 'order_adopted')
    ),
    -- What had traded of an order that was not sent from here, before it was taken over.
    before AS (
        SELECT body ->> '$.id' AS id, total(fill.value ->> '$.quantity') AS lots
        FROM facts, json_each(body, '$.fills') AS fill
        WHERE kind = 'order_adopted' GROUP BY sequence
    ),
    -- An order that works on after all has not ended in what was told before.
    revived AS (
        SELECT body ->> '$.id' AS id, max(sequence) AS revived_at
        FROM facts WHERE kind = 'order_revived' GROUP BY id
    ),
    told AS (
        -- A report is a word, or an object with the word as its only key.
        SELECT sequence, body ->> '$.id' AS id, body -> '$.report' AS report,
               CASE json_type(body, '$.report')
                   WHEN 'text' THEN body ->> '$.report'
                   ELSE (SELECT key FROM json_each(body, '$.report')) END AS word
        FROM facts WHERE kind = 'order_reported'
    ),
    filled AS (
        SELECT id, sum(lots) AS lots FROM (
            SELECT "order" AS id, total(quantity) AS lots FROM fills GROUP BY id
            UNION ALL SELECT id, lots FROM before
        ) GROUP BY id
    ),
    latest AS (
        -- An order that has ended stays so, whatever answer crossed its end.
        SELECT id,
               max((word = 'cancel_sent') * sequence)
                   > max((word = 'cancel_rejected') * sequence) AS is_canceling,
               max((word = 'replace_sent') * sequence)
                   > max((word IN ('replaced', 'replace_rejected', 'cancel_rejected')) * sequence)
                   AS is_changing,
               max(word = 'accepted') AS is_accepted,
               max(word IN ('no_reply', 'cancel_rejected')) AS is_silent,
               max(CASE WHEN word IN ('rejected', 'canceled', 'expired')
                         AND sequence > coalesce(revived_at, 0) THEN word END) AS ending
        FROM told LEFT JOIN revived USING (id) GROUP BY id
    ),
    refused AS (
        SELECT id, report, max(sequence) FROM told
        WHERE word IN ('rejected', 'cancel_rejected', 'replace_rejected') GROUP BY id
    ),
    replaced AS (
        SELECT id, report -> '$.replaced' AS now, max(sequence) FROM told
        WHERE word = 'replaced' GROUP BY id
    ),
    joined AS (
        SELECT asked.*, ending, is_canceling, is_changing, is_silent,
               coalesce(is_accepted, 0) OR coalesce(lots, 0) > 0 OR revived_at IS NOT NULL
                   OR kind = 'order_adopted' AS is_answered,
               coalesce(lots, 0) AS lots,
               coalesce(now ->> '$.quantity', ticket ->> '$.quantity') AS quantity,
               CASE WHEN now IS NULL THEN ticket ->> '$.price' ELSE now ->> '$.price' END AS price,
               coalesce(refusal, refused.report -> '$.rejected',
                        refused.report -> '$.cancel_rejected',
                        refused.report -> '$.replace_rejected') AS why
        FROM asked LEFT JOIN filled USING (id) LEFT JOIN latest USING (id)
             LEFT JOIN refused USING (id) LEFT JOIN replaced USING (id)
             LEFT JOIN revived USING (id)
    )
    SELECT sequence, time, id AS "order",
           substr(signal, 1, max(instr(signal, '#') - 1, 0)) AS condition, signal,
           ticket ->> '$.item' AS item, ticket ->> '$.account' AS account,
           ticket ->> '$.side' AS side, ticket ->> '$.kind' AS kind, price,
           ticket ->> '$.stop_price' AS stop_price, quantity, printf('%g', lots) AS filled,
           ticket ->> '$.time_in_force' AS time_in_force,
           ticket ->> '$.open_close' AS open_close,
           CASE WHEN kind = 'order_denied' THEN 'Denied'
                WHEN lots > 0 AND lots >= quantity + 0 THEN 'Filled'
                WHEN ending = 'rejected' THEN 'Rejected'
                WHEN ending = 'canceled' THEN 'Canceled'
                WHEN ending = 'expired' THEN 'Expired'
                WHEN is_canceling THEN 'PendingCancel'
                WHEN is_changing THEN 'PendingReplace'
                WHEN NOT is_answered AND is_silent THEN 'InDoubt'
                WHEN NOT is_answered THEN 'PendingNew'
                ELSE 'New' END AS status,
           coalesce(why ->> '$.code', '') AS code, coalesce(why ->> '$.text', '') AS text, door
    FROM joined
    ORDER BY sequence;

CREATE VIEW conditions AS
    WITH put AS (
        SELECT body ->> '$.condition.terms.id' AS id, body ->> '$.created' AS created,
               body -> '$.condition' AS condition, max(sequence) AS sequence
        FROM facts WHERE kind = 'condition_put' GROUP BY id
    ),
    moved AS (
        SELECT body ->> '$.id' AS id, body -> '$.progress' AS progress, max(sequence) AS moved_at
        FROM facts WHERE kind = 'condition_moved' GROUP BY id
    ),
    paused AS (
        SELECT body ->> '$.id' AS id, body ->> '$.is_paused' AS is_paused,
               max(sequence) AS paused_at
        FROM facts WHERE kind = 'condition_paused' GROUP BY id
    ),
    dropped AS (
        SELECT body ->> '$.id' AS id, max(sequence) AS dropped_at
        FROM facts WHERE kind = 'condition_dropped' GROUP BY id
    ),
    now AS (
        SELECT put.*, condition -> '$.terms' AS terms,
               CASE WHEN moved_at > sequence THEN progress ELSE condition -> '$.progress' END
                   AS stands,
               CASE WHEN paused_at > sequence THEN is_paused ELSE condition ->> '$.is_paused' END
                   AS is_paused,
               coalesce(dropped_at > sequence, 0) AS is_dropped
        FROM put LEFT JOIN moved USING (id) LEFT JOIN paused USING (id)
             LEFT JOIN dropped USING (id)
    )
    SELECT id AS condition, terms ->> '$.item' AS item, terms ->> '$.action' AS "action",
           terms ->> '$.trigger' AS "trigger", terms ->> '$.turning' AS turning,
           terms ->> '$.quantity' AS quantity,
           coalesce(terms ->> '$.take_profit', 'none') AS take_profit,
           coalesce(terms ->> '$.stop_loss', 'none') AS stop_loss,
           terms ->> '$.following' AS following, coalesce(terms ->> '$.account', '') AS account,
           stands ->> '$.state' AS state, stands ->> '$.trigger' AS moved_trigger,
           stands ->> '$.generation' AS generation, is_paused, is_dropped
    FROM now
    ORDER BY created;
"#;
