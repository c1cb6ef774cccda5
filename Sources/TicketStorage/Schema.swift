import GRDB

/// The tables of a state folder's one database, as migrations that are never changed, only added to.
enum Schema {
    private struct Migration {
        let name: String
        let change: @Sendable (Database) throws -> Void

        init(_ name: String, _ change: @escaping @Sendable (Database) throws -> Void) {
            self.name = name
            self.change = change
        }
    }

    private static let migrations: [Migration] = [
        Migration("1 journal, lanes, events, tickets") { db in
            try db.execute(sql: received + ticket() + openIndex + answered)
        },
        Migration("2 dead letters by position") { db in
            try db.execute(sql: letterIndex)
        },
        Migration("3 the life of tickets") { db in
            try db.execute(
                sql: history + "DROP INDEX ticket_open;" + adding(lifeColumns)
                    + "CREATE INDEX ticket_live ON ticket (number) WHERE live = 1;" + stateIndexes)
            try TicketHistory.begin(db)
        },
        Migration("4 customers") { db in
            try db.execute(sql: customers + adding(customerColumns) + customerIndex)
        },
        Migration("5 what tickets count") { db in
            // Rows of before have none and are counted from their events.
            try db.execute(sql: adding(["account TEXT"] + countColumns) + openedIndex)
        },
        Migration("6 what the fleet knows") { db in
            try db.execute(sql: fleet + adding(fleetColumns))
        },
        Migration("7 what is asked of many tickets") { db in
            try db.execute(
                sql: feedbackIndex
                    + "CREATE INDEX ticket_event_part ON ticket_event (at) WHERE kind = 'part';"
                    + lotIndexes
                        + """
                        CREATE INDEX ticket_event_cause ON ticket_event (ticket)
                            WHERE json_extract(json, '$.cause') IS NOT NULL;
                        """)
        },
        Migration("8 parts of many tickets") { db in
            try db.execute(sql: "DROP INDEX ticket_event_part;" + partIndex)
        },
        Migration("9 a card for each ticket") { db in
            try db.execute(
                sql: cards + "ALTER TABLE ticket DROP COLUMN account;" + pointerIndexes
                    + """
                    -- All that is asked of causes, since the rows that say them lie far apart.
                    DROP INDEX ticket_event_cause;
                    CREATE INDEX ticket_event_cause ON ticket_event (ticket, at, json)
                        WHERE json_extract(json, '$.cause') IS NOT NULL;
                    """)
            try TicketStore.writeCards(db)
        },
        Migration("10 less to write with a ticket") { db in
            try db.execute(
                sql: "DROP INDEX ticket_event_cause;" + causeIndex + "DROP INDEX ticket_live;"
                    + watchedIndex)
        },
    ]

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name, migrate: migration.change)
        }
        return migrator
    }

    /// What all migrations together make, to the letter: each part once, as the migration has it that
    /// made it last, and tickets with all their columns, since a column that is added later has SQLite
    /// read the whole schema again, some fifty times.
    private static let fresh =
        received + ticket(with: lifeColumns + customerColumns + countColumns + fleetColumns)
        + answered
        + letterIndex + history + stateIndexes + customers + customerIndex + openedIndex + fleet
        + feedbackIndex + lotIndexes + partIndex + cards + pointerIndexes + causeIndex
        + watchedIndex

    /// Makes the tables of a new store in the transaction that is open, as they are after all
    /// migrations.
    static func makeFresh(_ db: Database) throws {
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 else { return }
        // As the migrator's own.
        try db.execute(
            sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        try db.execute(sql: fresh)
        for migration in migrations {
            try db.execute(
                sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)",
                arguments: [migration.name])
        }
    }
}
