/// How to recount the figures that plain columns answer, for whoever has the store and `sqlite3`.
///
/// Times are milliseconds since 1970. Net times take pauses and calendars into account and are no
/// column; `ticket_event` holds what they are counted from.
enum ReportSQL {
    static let text = """
        -- sqlite3 STATE/forewarn.db, after: .parameter set :from 1782864000000
        --                                   .parameter set :to   1790812800000
        -- first_response_mean, minutes
        SELECT avg(responded_at - clock_start) / 60000.0, count(responded_at) FROM ticket
         WHERE opened_received >= :from AND opened_received < :to AND responded_at < :to;
        -- response_attainment
        SELECT avg(CASE WHEN responded_at < :to THEN responded_at - clock_start <= 1800000 ELSE 0 END),
               count(*)
          FROM ticket
         WHERE opened_received >= :from AND opened_received < :to
           AND (responded_at < :to OR (coalesce(closed_at, cancelled_at) IS NULL
                                       AND :to - clock_start > 1800000));
        -- solve_gross_mean, hours
        SELECT avg(solved_at - solve_from) / 3600000.0, count(solved_at) FROM ticket
         WHERE opened_received >= :from AND opened_received < :to AND solved_at < :to
           AND coalesce(disposition, cancel_reason, '') NOT IN ('declined', 'duplicate');
        -- precision: confirmed, false
        SELECT sum(disposition IN ('confirmed_as_predicted', 'confirmed_other_component',
                                   'confirmed_early', 'broke_down_before_service')),
               sum(coalesce(disposition, cancel_reason) IN ('false_alarm', 'data_fault'))
          FROM ticket WHERE opened_received >= :from AND opened_received < :to;
        -- satisfaction_mean, satisfied_share
        SELECT avg(csat), avg(csat >= 4), count(csat) FROM ticket
         WHERE opened_received >= :from AND opened_received < :to AND followed_up_at < :to;
        -- waiting_time_mean, hours
        SELECT avg(repair_started_at - checked_in_at) / 3600000.0, count(*) FROM ticket
         WHERE opened_received >= :from AND opened_received < :to AND repair_started_at < :to;
        -- backlog by age, hours
        SELECT number, (:to - opened_received) / 3600000.0 FROM ticket
         WHERE opened_received >= :from AND opened_received < :to
           AND coalesce(solved_at, closed_at, cancelled_at) IS NULL;
        -- tickets by failure mode
        SELECT mode, count(*), count(DISTINCT vehicle) FROM ticket
         WHERE opened_received >= :from AND opened_received < :to GROUP BY mode ORDER BY 2 DESC, 1;

        """
}
