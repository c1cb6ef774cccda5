import VehicleFaults

extension ServiceHistory {
    /// What a service centre's other systems would export for the reports, as CSV files.
    public var files: [(name: String, text: String)] {
        let courses = courses
        var draws = SeededRandom(seed, part: -1)
        return [
            ("attendance.csv", attendance(&draws)), ("order-lines.csv", orderLines(&draws)),
            ("parts.csv", parts(&draws)), ("demand.csv", demand(&draws)),
            ("channels.csv", channels), ("needs.csv", needs(&draws)),
            ("batches.csv", batches), ("breakdowns.csv", breakdowns(courses.breakdowns, &draws)),
            ("season.csv", season), ("standard-hours.csv", standardHours),
            ("invoices.csv", Self.text("estimate,total", courses.invoices)),
            ("fleet.csv", fleet), ("prices.csv", prices), ("scores.csv", scores),
            ("trainings.csv", trainings),
        ]
    }

    private static func text(_ header: String, _ rows: [String]) -> String {
        ([header] + rows).joined(separator: "\n") + "\n"
    }

    private func day(_ days: Int) -> String {
        String(time(Double(days) * 24 + 12).text().prefix(10))
    }

    /// A tenth with one decimal, without a mathematics library.
    private func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private func attendance(_ draws: inout SeededRandom) -> String {
        let skills = ["ENG", "ELE", "CHS", "AFT", "HV", "GEN"]
        var rows: [String] = []
        for day in 0..<Int(Self.days) where day % 7 < 6 {
            for site in Self.sites {
                for skill in skills where !draws.chance(0.12) {
                    let worked = draws.number(in: 5.6...7.6)
                    let sold = worked * draws.number(in: 0.9...1.2)
                    rows.append(
                        "\(self.day(day)),\(site),\(site.lowercased())-\(skill.lowercased())-1,"
                            + "\(skill),8.0,\(tenths(worked)),\(tenths(sold)),"
                            + "\(2 + draws.whole(below: 4))")
                }
            }
        }
        return Self.text(
            "date,site,technician,skill,attended_hours,worked_hours,sold_hours,operations", rows)
    }

    private func orderLines(_ draws: inout SeededRandom) -> String {
        let suppliers: [(name: String, channel: String, quoted: Double, late: Double)] = [
            ("Huaxin Parts", "oem_direct", 14, 0.12), ("Kestrel", "third_party", 7, 0.3),
            ("City Depot", "local", 2, 0.08),
        ]
        let rows = (0..<(tickets * 2)).map { index -> String in
            let kind = Self.kinds[draws.whole(below: Self.kinds.count)]
            let supplier = suppliers[draws.whole(below: suppliers.count)]
            let ordered = draws.number(in: 0...160) * 24
            let quoted = ordered + supplier.quoted * 24
            let late = draws.chance(supplier.late)
            let received = quoted + (late ? draws.number(in: 6...90) : -draws.number(in: 1...20))
            let isUrgent = kind.severity >= .s2 && draws.chance(0.3)
            return "\(kind.part),PO-\(index / 2 + 1),\(supplier.name),\(supplier.channel),1,"
                + "\(draws.chance(0.91) ? "yes" : "no"),\(time(ordered).text()),"
                + "\(time(quoted).text()),\(time(received).text()),\(isUrgent ? "yes" : "no")"
        }
        return Self.text(
            "part,order,supplier,channel,quantity,on_shelf,ordered,quoted,received,emergency", rows)
    }

    private static let partNames: [String: (en: String, zh: String)] = [
        "22433-AA": ("Ignition coil", "点火线圈"), "24410-70": ("Battery 70 Ah", "蓄电池 70Ah"),
        "21501-4C": ("Coolant hose", "冷却水管"), "23100-9N": ("Alternator", "发电机"),
        "20819-F1": ("Urea filter", "尿素滤芯"), "20100-DP": ("Filter gasket kit", "DPF密封垫组"),
        "14460-CH": ("Charge-air hose", "增压软管"), "41060-BR": ("Brake pad set", "制动片组"),
        "46410-AV": ("Air valve", "气阀"), "29600-SK": ("High-voltage seal kit", "高压密封组件"),
        "14411-TC": ("Turbocharger", "涡轮增压器"), "16403-FF": ("Fuel filter", "燃油滤清器"),
    ]

    private func parts(_ draws: inout SeededRandom) -> String {
        Self.text(
            "part,name_en,name_zh,stock,on_order,explained",
            Self.kinds.map { kind in
                let name = Self.partNames[kind.part] ?? (kind.part, kind.part)
                return "\(kind.part),\(name.en),\(name.zh),\(draws.whole(below: 4)),"
                    + "\(draws.whole(below: 2)),0.\(3 + draws.whole(below: 4))"
            })
    }

    private func demand(_ draws: inout SeededRandom) -> String {
        var rows: [String] = []
        for kind in Self.kinds {
            for month in 0..<24 {
                let isAsked = draws.chance(Double(kind.weight) / 20)
                let name = self.month(month - 18)
                rows.append("\(kind.part),\(name),\(isAsked ? 1 + draws.whole(below: 3) : 0)")
            }
        }
        return Self.text("part,month,pieces", rows)
    }

    /// The name of a month, counted from the first of the earlier quarter.
    private func month(_ number: Int) -> String {
        let middle = time(Double(number) * 730.5 + 360).text()
        return String(middle.prefix(7))
    }

    private var channels: String {
        Self.text(
            "part,channel,lead_days",
            Self.kinds.flatMap { kind in
                [("oem_direct", 14), ("third_party", 7), ("local", 2)].map {
                    "\(kind.part),\($0.0),\($0.1)"
                }
            })
    }

    private func needs(_ draws: inout SeededRandom) -> String {
        var rows: [String] = []
        for kind in Self.kinds {
            for _ in 0..<draws.whole(below: 5) {
                let by = time((Self.days + draws.number(in: 3...25)) * 24).text()
                rows.append("\(kind.part),0.\(15 + draws.whole(below: 80)),\(by)")
            }
        }
        return Self.text("part,probability,needed_by", rows)
    }

    /// What each site's vehicles are and drive, in a quarter.
    private var fleet: String {
        Self.text(
            "site,key,value",
            [
                "Beijing,vehicles_sold,2400", "Beijing,million_km,6.8",
                "Chengdu,vehicles_sold,1700", "Chengdu,million_km,4.5",
                "Suzhou,vehicles_sold,1900", "Suzhou,million_km,5.1",
            ])
    }

    /// The list that estimates of this year rest on.
    private var prices: String {
        let valid = "CNY,2026-2,2026-04-01,2027-01-01"
        let parts = Self.kinds.enumerated().map { place, kind in
            let name = Self.partNames[kind.part] ?? (kind.part, kind.part)
            return "part,\(kind.part),\(name.en),\(name.zh),pc,\(120 + place * 85).00,\(valid)"
        }
        let labour = [
            ("ENG", "Engine", "发动机", 320), ("ELE", "Electrics", "电气", 300),
            ("CHS", "Chassis", "底盘", 280), ("AFT", "Aftertreatment", "后处理", 320),
            ("HV", "High voltage", "高压", 420), ("GEN", "General", "普通维修", 240),
        ].map { "labour,\($0.0),\($0.1),\($0.2),h,\($0.3).00,\(valid)" }
        return Self.text(
            "kind,item,name_en,name_zh,unit,price,currency,version,valid_from,valid_until",
            parts + labour + ["fee,TOW,Towing within the city,市内拖车,job,380.00,\(valid)"])
    }

    /// How the first technician of each team was scored, once a quarter.
    private var scores: String {
        var draws = SeededRandom(seed, part: -2)
        var rows: [String] = []
        for day in [80.0, 170] {
            for site in Self.sites {
                for skill in ["eng", "ele", "chs", "aft", "hv", "gen"] {
                    for source in ["customer", "peer", "manager"] {
                        let score = 3 + draws.whole(below: 3)
                        rows.append(
                            "\(self.day(Int(day))),\(site),\(site.lowercased())-\(skill)-1,"
                                + "\(source),\(score)")
                    }
                }
            }
        }
        return Self.text("date,site,technician,source,score", rows)
    }

    /// Courses by their numbers, in the middle of the quarter under review. Nothing in the simulation
    /// follows from them: what reports find of their effect is chance.
    private var trainings: String {
        let middle = Int(Self.days * 3 / 4)
        return Self.text(
            "date,name,skill,mode",
            [
                "\(day(middle - 6)),ENG-12,ENG,", "\(day(middle)),ELE-04,ELE,",
                "\(day(middle + 4)),CHS-03,CHS,brake-lining",
            ])
    }

    private var batches: String {
        Self.text(
            "batch,vehicles,million_km,failures",
            [
                "B2601,420,5.04,17", "B2602,610,7.93,9", "B2603,380,3.80,3",
                "B2604,1450,14.5,16", "B2605,3140,34.54,33",
            ])
    }

    private func breakdowns(_ known: [Breakdown], _ draws: inout SeededRandom) -> String {
        var rows = known
        for index in 0..<max(1, tickets / 10) {
            let kind = Self.kinds[draws.whole(below: Self.kinds.count)]
            rows.append(
                Breakdown(
                    at: time(draws.number(in: 0...Self.days) * 24),
                    vehicle: "LF9T40D01NQ\(200_000 + index)", mode: kind.mode, wasForetold: false))
        }
        // One mode in ten is one that no rule looks for.
        return Self.text(
            "at,vehicle,mode,foretold,covered",
            rows.sorted { ($0.at, $0.vehicle) < ($1.at, $1.vehicle) }.map { row in
                "\(row.at.text()),\(row.vehicle),\(row.mode),\(row.wasForetold ? "yes" : "no"),"
                    + (row.wasForetold || draws.chance(0.9) ? "yes" : "no")
            })
    }

    private var standardHours: String {
        Self.text("mode,hours", Self.kinds.map { "\($0.mode),\($0.hours)" })
    }

    private var season: String {
        let indices = [
            "0.82", "0.78", "0.90", "0.95", "1", "1.08", "1.20", "1.22", "1.02", "0.95", "1",
            "1.08",
        ]
        return Self.text(
            "month,index", indices.enumerated().map { "\($0.offset + 1),\($0.element)" })
    }
}
