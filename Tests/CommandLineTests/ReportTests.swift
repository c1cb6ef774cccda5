import Foundation
import Testing

/// The worked figures of the reports, through the commands: a history is taken into a store, other
/// systems' files lie beside it, and the report is read as a program reads it.
@Suite struct ReportTests {
    static let arrivals = [
        2, 1.5, 1, 1, 1.5, 3, 6, 11, 16, 18, 17, 14, 12, 13, 15, 16, 14, 12, 10, 8, 6, 5, 4, 3,
    ]

    @Test("desk, workshop and season come out of opened tickets and the files beside them")
    func staffing() throws {
        var history: [History.Line] = []
        for (hour, rate) in Self.arrivals.enumerated() {
            // Two days, so that half tickets an hour are whole ones.
            for count in 0..<Int(rate * 2) {
                // Hours of 1.5 have two on one day and one on the other, so that days are alike.
                let at =
                    Double(hour) + Double((count + hour) % 2) * 24 + Double(count) / 60
                history.append(
                    History.step(
                        at, "open", "TESTVAN\(hour)X\(count)", "customer_service",
                        ["source": "phone"]))
            }
        }
        let season = [0.82, 0.78, 0.90, 0.95, 1, 1.08, 1.20, 1.22, 1.02, 0.95, 1, 1.08]
        let centre = try Centre(
            history: history,
            data: [
                "staffing.csv": "key,value\nmovable,0.4\nnew_people,4\n",
                "skills.csv": """
                skill,jobs_a_day,hours_a_job
                engine,14,2.6
                electrical,9,2.1
                chassis,8,1.7
                general,21,0.9

                """,
                "season.csv": "month,index\n"
                    + season.enumerated().map { "\($0.offset + 1),\($0.element)\n" }.joined(),
            ])
        let report = try centre.report("staffing", hours: 48)
        let found = try figures(report)
        func value(_ id: String) throws -> Double { try number(try #require(found[id])["value"]) }
        #expect(try value("seat_hours") == 102)
        #expect(abs(try value("desk_people") - 21.768293) < 1e-6)
        #expect(abs(try value("fluid_heads") - 14.672460) < 1e-6)
        #expect(try value("positions") == 15)
        #expect(try value("positions_pooled") == 10)
        #expect(try value("permanent_staff") == 14)
        #expect(try value("temporary_months") == 15)
        var peak: [Int: Double] = [:]
        for row in try rows(report, "desk_peak") {
            peak[Int(try number(row["seats"]))] = try number(row["served"])
        }
        #expect(peak.keys.sorted() == [6, 7, 8])
        #expect(abs(try #require(peak[6]) - 0.727723) < 1e-6)
        #expect(abs(try #require(peak[7]) - 0.970264) < 1e-6)
        let busiest = try rows(report, "desk_hours").map { Int(try number($0["seats"])) }
        #expect(
            busiest
                == [2, 2, 2, 2, 2, 2, 3, 5, 7, 7, 7, 6, 5, 6, 6, 7, 6, 5, 5, 4, 3, 3, 3, 2])
        #expect(abs(try #require(peak[8]) - 0.996946) < 1e-6)
        #expect(abs(try value("water_level") - 8.4632) < 1e-4)
        #expect(try value("seat_hours_movable") == 100)
        #expect(abs(try value("labour_in_time") - 0.98917) < 1e-5)
        #expect(abs(try value("solved_with_parts") - 0.94961) < 1e-5)
        #expect(abs(try value("fill_rate_needed") - 0.8197) < 1e-4)
        #expect(try value("staff_cost") == 1_737_000)
        let skills = try rows(report, "skills")
        #expect(try skills.map { Int(try number($0["positions"])) } == [6, 3, 3, 3])
        for (row, share) in zip(skills, [0.97544, 0.97896, 0.99641, 0.99995]) {
            #expect(abs(try number(row["finished"]) - share) < 1e-5)
        }
        #expect(abs(try number(skills[0]["one_fewer"]) - 0.95979) < 1e-5)
        let months = try rows(report, "staff_months")
        #expect(
            try months.map { Int(try number($0["need"])) }
                == [13, 12, 14, 14, 15, 16, 18, 18, 15, 14, 15, 16])
        #expect(
            try months.map { Int(try number($0["temporary"])) }
                == [0, 0, 0, 0, 1, 2, 4, 4, 1, 0, 1, 2])
        // Four new people, at 80 % in the beginning and at all of it after three months.
        let ramp = try rows(report, "ramp").map { try number($0["stand_for"]) }
        for (found, value) in zip(ramp, [4 * 2.5 / 3, 3.6, 4 * 2.9 / 3]) {
            #expect(abs(found - value) < 1e-9)
        }
        let patience = try rows(report, "desk_patience").first {
            try number($0["seats"]) == 6
        }
        #expect(abs(try number(patience?["served"]) - 0.913133) < 1e-6)
    }

    @Test("forecasts, reorder points and batches come out of the files beside the store")
    func parts() throws {
        let demand = [0, 0, 2, 0, 1, 0, 0, 3, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 4, 0, 0, 1]
        let needs = [0.82, 0.64, 0.55, 0.30, 0.12]
        let centre = try Centre(
            history: TenTickets.history,
            data: [
                "parts.csv":
                    "part,name_en,name_zh,stock,on_order,explained\nC-1,Coil,线圈,0,0,0.45\n",
                "demand.csv": "part,month,pieces\n"
                    + demand.enumerated().map { place, pieces in
                        "C-1,\(2024 + place / 12)-\(place % 12 < 9 ? "0" : "")\(place % 12 + 1),\(pieces)\n"
                    }.joined(),
                "channels.csv":
                    "part,channel,lead_days\nC-1,oem_direct,14\nC-1,third_party,7\nC-1,local,2\n",
                "needs.csv": "part,probability,needed_by\n"
                    + needs.map { "C-1,\($0),\(History.time(40 + 8 * 24))\n" }.joined(),
                "batches.csv": """
                batch,vehicles,million_km,failures
                B2601,420,5.04,17
                B2602,610,7.93,9
                B2603,380,3.80,3
                B2604,1450,14.5,16
                B2605,3140,34.54,33

                """,
            ])
        let report = try centre.report("parts", hours: 40)
        let forecast = try #require(try rows(report, "demand").first)
        #expect(abs(try number(forecast["sba"]) - 0.60827951) < 1e-8)
        #expect(abs(try number(forecast["tsb"]) - 0.685350915) < 1e-8)
        let points = try rows(report, "reorder_points").map {
            Int(try number($0["reorder_point"]))
        }
        #expect(points == [2, 1, 0])
        for (row, share) in zip(
            try rows(report, "reorder_points"), [0.974825, 0.967162, 0.958401])
        {
            #expect(abs(try number(row["service"]) - share) < 1e-6)
        }
        let stock = try #require(try rows(report, "stock_up").first)
        #expect(stock["channel"] as? String == "third_party")
        #expect(try number(stock["stock_up_to"]) == 4)
        #expect(abs(try number(stock["expected"]) - 2.517932) < 1e-6)
        #expect(abs(try number(stock["fill"]) - 0.985942) < 1e-6)
        let batches = try rows(centre.report("suppliers", hours: 40), "batches")
        let batch = try #require(batches.first)
        let interval = try #require(batch["interval"] as? [Double])
        #expect(abs(interval[0] - 1.8399) < 1e-4 && abs(interval[1] - 5.8283) < 1e-4)
        #expect(
            batches.filter { ($0["signal"] as? String)?.contains("candidate") == true }.count == 1)
        #expect(abs(try number(batch["rate_ratio"]) - 3.3603) < 1e-4)
        #expect(abs(try number(batch["q"]) - 3.59107e-04) < 1e-8)
    }

    @Test("demand and open needs come out of the parts of tickets when no file says them")
    func partsOfTickets() throws {
        let demand = [0, 0, 2, 0, 1, 0, 0, 3, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 4, 0, 0, 1]
        var lines: [History.Line] = []
        for (place, pieces) in demand.enumerated() where pieces > 0 || place == 0 {
            // The twentieth of each of the 24 months before July 2026.
            let hours = -24 * (Double(24 - place) * 30.4375 - 15).rounded()
            let vehicle = "TESTVAN\(place)"
            lines += [
                History.step(hours, "open", vehicle, "customer_service", ["source": "counter"]),
                // Another part in the first month tells since when there are records.
                History.step(
                    hours + 1, "part", vehicle, "parts",
                    [
                        "part": pieces > 0 ? "C-1" : "C-9", "state": "fitted",
                        "quantity": "\(max(1, pieces))",
                    ]),
                History.step(
                    hours + 2, "cancel", vehicle, "supervisor", ["reason": "vehicle_gone"]),
            ]
        }
        for (place, share) in ["0.82", "0.64", "0.55", "0.30", "0.12"].enumerated() {
            lines += [
                History.step(
                    -30, "open", "OPENVAN\(place)", "customer_service",
                    [
                        "source": "counter", "probability": share,
                        "fails_at": History.time(8 * 24),
                    ]),
                History.step(
                    -29, "part", "OPENVAN\(place)", "parts",
                    ["part": "C-1", "state": "requested"]),
            ]
        }
        let centre = try Centre(
            history: lines,
            data: [
                "parts.csv":
                    "part,name_en,name_zh,stock,on_order,explained\nC-1,Coil,线圈,0,0,0.45\n",
                "channels.csv":
                    "part,channel,lead_days\nC-1,oem_direct,14\nC-1,third_party,7\nC-1,local,2\n",
            ])
        let report = try centre.report("parts", hours: 0, ["--from", "2024-07-01"])
        let forecast = try #require(
            try rows(report, "demand").first { $0["part"] as? String == "C-1" })
        #expect(abs(try number(forecast["sba"]) - 0.60827951) < 1e-8)
        #expect(abs(try number(forecast["tsb"]) - 0.685350915) < 1e-8)
        let points = try rows(report, "reorder_points").map {
            Int(try number($0["reorder_point"]))
        }
        #expect(points == [2, 1, 0])
        let stock = try #require(try rows(report, "stock_up").first)
        #expect(stock["channel"] as? String == "third_party")
        #expect(try number(stock["stock_up_to"]) == 4)
        #expect(abs(try number(stock["expected"]) - 2.517932) < 1e-6)
    }

    @Test("failures of a batch are the tickets that took its parts out when no file says them")
    func batchesOfTickets() throws {
        let batches = [
            ("B2601", 420, 5.04, 17), ("B2602", 610, 7.93, 9), ("B2603", 380, 3.80, 3),
            ("B2604", 1450, 14.5, 16), ("B2605", 3140, 34.54, 33),
        ]
        func returned(_ hours: Double, _ vehicle: String, _ lot: String) -> History.Line {
            History.step(
                hours, "part", vehicle, "parts",
                ["part": "C-1", "state": "returned", "lot": lot, "quantity": "1"])
        }
        var lines: [History.Line] = []
        for (batch, _, _, failures) in batches {
            for number in 0..<failures {
                let vehicle = "\(batch)V\(number)"
                lines += [
                    History.step(0, "open", vehicle, "customer_service", ["source": "counter"]),
                    returned(1, vehicle, batch),
                    // A second part of the lot is no second failure, and one that goes in is none.
                    returned(2, vehicle, batch),
                    History.step(
                        3, "part", vehicle, "parts",
                        ["part": "C-1", "state": "fitted", "lot": "B2605", "quantity": "1"]),
                ]
            }
        }
        // After the period.
        lines += [
            History.step(39, "open", "LATEVAN", "customer_service", ["source": "counter"]),
            returned(50, "LATEVAN", "B2601"),
        ]
        let centre = try Centre(
            history: lines,
            data: [
                "batches.csv": "batch,vehicles,million_km,failures\n"
                    + batches.map { "\($0.0),\($0.1),\($0.2),\n" }.joined()
            ])
        let found = try rows(centre.report("suppliers", hours: 40), "batches")
        #expect(try found.map { Int(try number($0["failures"])) } == batches.map(\.3))
        let batch = try #require(found.first)
        #expect(abs(try number(batch["rate_ratio"]) - 3.3603) < 1e-4)
        #expect(abs(try number(batch["q"]) - 3.59107e-04) < 1e-8)
    }

    @Test("lines of a history that cannot be taken are named, and the others are")
    func refusals() throws {
        let workshop = try Workshop()
        let lines = [
            History.step(0, "open", "TESTVAN1", "customer_service", ["source": "phone"]).text,
            History.step(1, "repair", "TESTVAN1", "technician").text,
            "no json",
            History.step(0.5, "ack", "TESTVAN1", "customer_service").text,
            History.step(2, "ack", "TESTVAN1", "technician").text,
            History.step(3, "ack", "TESTVAN1", "customer_service").text,
            History.step(4, "ack", "TESTVAN9", "customer_service").text,
        ]
        try workshop.write(lines.joined(separator: "\n") + "\n", to: "history.jsonl")
        let result = try workshop.run([
            "ticket", "import", "@history.jsonl", "--state", workshop.path("state"),
        ])
        #expect(result.code == 4)
        try expect(result.output + result.errors, matches: "ticket-import-refusals.txt")
        let show = try Program.run([
            "ticket", "ls", "--state", workshop.path("state"), "-o", "json",
        ])
        #expect(try object(try #require(show.lines.first))["state"] as? String == "acknowledged")
    }
}
