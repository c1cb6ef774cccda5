// What tables are made of: parts that a migration and a new store have in common.
extension Schema {
    // MARK: - Tickets

    /// The table of tickets.
    ///
    /// - Parameter columns: further ones, written as SQLite writes a column that is added.
    static func ticket(with columns: [String] = []) -> String {
        """
        CREATE TABLE ticket (
            number INTEGER PRIMARY KEY,
            vehicle TEXT NOT NULL,
            mode TEXT NOT NULL,
            severity TEXT NOT NULL,
            advice TEXT NOT NULL,
            component TEXT NOT NULL,
            skill TEXT NOT NULL,
            name_en TEXT NOT NULL,
            name_zh TEXT NOT NULL,
            state TEXT NOT NULL,            -- open
            opened_at INTEGER NOT NULL,     -- the vehicle's time
            opened_received INTEGER NOT NULL,
            opened_position INTEGER NOT NULL,
            findings INTEGER NOT NULL,
            latest_at INTEGER NOT NULL,
            symptom_gone INTEGER NOT NULL
        \(columns.map { ", " + $0 }.joined())) STRICT;
        """
    }

    /// Adds columns to the table of tickets.
    static func adding(_ columns: [String]) -> String {
        columns.map { "ALTER TABLE ticket ADD COLUMN \($0);" }.joined()
    }

    static let lifeColumns = [
        "live INTEGER NOT NULL DEFAULT 1", "epoch INTEGER NOT NULL DEFAULT 1",
        "source TEXT NOT NULL DEFAULT 'rule'", "is_incident INTEGER NOT NULL DEFAULT 0",
        "rules TEXT NOT NULL DEFAULT ''", "kinds TEXT NOT NULL DEFAULT ''", "site TEXT",
        "assignee TEXT", "technicians TEXT", "inspector TEXT", "disposition TEXT",
        "cancel_reason TEXT", "hold_reason TEXT", "merged_into INTEGER", "caused_by INTEGER",
        "recurrence_of INTEGER", "split_from INTEGER", "proof TEXT NOT NULL DEFAULT 'none'",
        "attempts INTEGER NOT NULL DEFAULT 0", "reworks INTEGER NOT NULL DEFAULT 0",
        "csat INTEGER", "odometer REAL", "estimate_total REAL", "estimate_currency TEXT",
        "payer TEXT", "approved_by TEXT",
        // Stamps of the newest epoch, milliseconds.
        "clock_start INTEGER", "solve_from INTEGER", "responded_at INTEGER",
        "acknowledged_at INTEGER", "triaged_at INTEGER", "contacted_at INTEGER",
        "scheduled_at INTEGER", "appointment_at INTEGER", "checked_in_at INTEGER",
        "repair_started_at INTEGER", "repaired_at INTEGER", "solved_at INTEGER",
        "delivered_at INTEGER", "followed_up_at INTEGER", "closed_at INTEGER",
        "cancelled_at INTEGER", "wake_at INTEGER", "due_at INTEGER", "due_clock TEXT",
        "breached TEXT NOT NULL DEFAULT ''",
    ]

    static let customerColumns = ["customer TEXT", "actual_cost REAL"]
    static let countColumns = ["estimate_id TEXT", "probability REAL", "fails_at INTEGER"]
    /// Between which times the failure is expected, milliseconds.
    static let fleetColumns = ["predicted_from INTEGER", "predicted_to INTEGER"]

    static let openIndex = """
        CREATE UNIQUE INDEX ticket_open ON ticket (vehicle, mode) WHERE state = 'open';
        """

    static let stateIndexes = """
        CREATE INDEX ticket_state ON ticket (state);
        CREATE INDEX ticket_vehicle ON ticket (vehicle);
        """

    static let customerIndex = """
        CREATE INDEX ticket_customer ON ticket (customer) WHERE customer IS NOT NULL;
        """

    static let openedIndex = "CREATE INDEX ticket_opened ON ticket (opened_received);"

    /// Few tickets point to another, and a ticket is shown with those that point to it.
    static let pointerIndexes = """
        CREATE INDEX ticket_merged_into ON ticket (merged_into) WHERE merged_into IS NOT NULL;
        CREATE INDEX ticket_caused_by ON ticket (caused_by) WHERE caused_by IS NOT NULL;
        CREATE INDEX ticket_split_from ON ticket (split_from) WHERE split_from IS NOT NULL;
        CREATE INDEX ticket_recurrence_of ON ticket (recurrence_of)
            WHERE recurrence_of IS NOT NULL;
        """

    /// All but few of the live tickets are found by their state.
    static let watchedIndex = """
        CREATE INDEX ticket_watched ON ticket (state, live) WHERE state = 'closed' AND live = 1;
        """

    static let cards = """
        -- What reports ask of a ticket at any time, made of its events, beside what is not theirs. It
        -- lies apart, so that little else is read with it.
        CREATE TABLE ticket_card (
            number INTEGER PRIMARY KEY,
            opened INTEGER NOT NULL,        -- received, milliseconds
            vehicle TEXT NOT NULL,
            rule TEXT,                      -- the first that found something
            card BLOB NOT NULL
        ) STRICT;
        """

    // MARK: - Histories of tickets

    static let history = """
        -- What happened to tickets, in order; only ever added to. A ticket's state is a fold over it.
        CREATE TABLE ticket_event (
            seq INTEGER PRIMARY KEY,
            ticket INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            at INTEGER NOT NULL,            -- received time, milliseconds
            actor TEXT NOT NULL,
            role TEXT NOT NULL,
            kind TEXT NOT NULL,             -- a step, or what the daemon noted
            state TEXT NOT NULL,            -- the ticket's, afterwards
            event INTEGER,                  -- the decision that says it
            json TEXT NOT NULL
        ) STRICT;
        CREATE INDEX ticket_event_ticket ON ticket_event (ticket, seq);
        -- What the ticket stage remembers besides tickets.
        CREATE TABLE ticket_memory (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID;
        """

    // Few of a ticket's events say these; of a hundred thousand tickets they are found at once.

    static let feedbackIndex = """
        CREATE INDEX ticket_event_feedback ON ticket_event (at) WHERE kind = 'feedback';
        """

    static let lotIndexes = """
        CREATE INDEX ticket_event_lot ON ticket_event (json_extract(json, '$.lot'))
            WHERE kind = 'part';
        CREATE INDEX ticket_event_serial ON ticket_event (json_extract(json, '$.serial'))
            WHERE kind = 'part';
        """

    /// Part events of a ticket lie among its others; a plan of parts asks for all of them.
    static let partIndex = """
        CREATE INDEX ticket_event_part ON ticket_event (ticket, at, kind, json)
            WHERE kind = 'part';
        """

    /// An event's kind tells whether it can say a cause; to read its JSON for that took longer than to
    /// write it. For a list of kinds with IN, SQLite would make a table with each row.
    static let causeIndex = """
        CREATE INDEX ticket_event_cause ON ticket_event (ticket, at, json)
            WHERE (kind = 'repair_done' OR kind = 'remote' OR kind = 'close')
                AND json_extract(json, '$.cause') IS NOT NULL;
        """

    // MARK: - All else

    static let received = """
        -- Facts about the store itself, one row each.
        CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        -- What was received, a row a batch, exactly as it came.
        CREATE TABLE journal (
            row INTEGER PRIMARY KEY,
            received_at INTEGER NOT NULL,   -- milliseconds, of the newest entry
            kind TEXT NOT NULL,             -- batch, rules
            first INTEGER NOT NULL,         -- position of the first message
            messages INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        -- What is remembered of each vehicle, as of one journal row.
        CREATE TABLE lane (
            vehicle TEXT PRIMARY KEY,
            applied_row INTEGER NOT NULL,
            due_at INTEGER,
            state BLOB NOT NULL
        ) STRICT;
        CREATE INDEX lane_due ON lane (due_at) WHERE due_at IS NOT NULL;
        -- What was decided, in order; only ever added to.
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,             -- finding, dead_letter
            received_at INTEGER NOT NULL,
            position INTEGER NOT NULL,
            at INTEGER,                     -- the vehicle's time
            vehicle TEXT,
            rule TEXT,
            mode TEXT,
            severity TEXT,
            state TEXT,                     -- raised, cleared
            effect TEXT,                    -- opened, joined, raised, cleared, none
            ticket INTEGER,
            body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX event_ticket ON event (ticket) WHERE ticket IS NOT NULL;
        CREATE INDEX event_vehicle ON event (vehicle) WHERE vehicle IS NOT NULL;
        -- Which messages an event rests on.
        CREATE TABLE evidence (
            position INTEGER NOT NULL,
            event INTEGER NOT NULL,
            PRIMARY KEY (position, event)
        ) STRICT, WITHOUT ROWID;
        -- Messages that evidence rests on, kept when the journal lets go of them.
        CREATE TABLE kept_message (
            position INTEGER PRIMARY KEY,
            received_at INTEGER NOT NULL,
            topic BLOB NOT NULL,
            payload BLOB NOT NULL
        ) STRICT;
        """

    static let answered = """
        -- Messages that could not be understood, as they came.
        CREATE TABLE dead_letter (
            id INTEGER PRIMARY KEY,
            position INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            topic BLOB NOT NULL,
            reason TEXT NOT NULL,
            offset INTEGER NOT NULL,
            payload BLOB NOT NULL,
            state TEXT NOT NULL             -- kept, replayed
        ) STRICT;
        -- The text of every rule that has run, by the digest of its meaning.
        CREATE TABLE rule_text (
            hash TEXT PRIMARY KEY,
            rule TEXT NOT NULL,
            condition TEXT NOT NULL,
            clear TEXT,
            source TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        -- What people ask of the daemon; it answers in the same row.
        CREATE TABLE command (
            id INTEGER PRIMARY KEY,
            asked_at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            kind TEXT NOT NULL,
            argument TEXT NOT NULL,
            state TEXT NOT NULL,            -- asked, done, refused
            answer TEXT
        ) STRICT;
        CREATE INDEX command_asked ON command (state) WHERE state = 'asked';
        """

    /// What follows the events shows a letter's topic, and knows its position only.
    static let letterIndex = "CREATE INDEX dead_letter_position ON dead_letter (position);"

    static let customers = """
        -- For whom the words stand that tickets and the journal know customers by. It is the only
        -- place that holds the other system's own reference, so that one row can be forgotten.
        CREATE TABLE customer (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            ref TEXT NOT NULL UNIQUE
        ) STRICT;
        """

    static let fleet = """
        -- What the vehicles know together, as of the newest row of any lane.
        CREATE TABLE fleet_state (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL) STRICT;
        """
}
