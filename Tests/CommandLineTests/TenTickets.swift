/// Ten tickets, one of each kind of ending, and what other systems know besides; small enough for
/// every figure to be counted by hand.
enum TenTickets {
    static var history: [History.Line] {
        let responses: [Double] = [12, 28, 45, 10, 20, 30, 5, 25, 15, 8]
        let hours: [Double?] = [20, 22, 18, 6, 20, 26, 2, nil, 10, nil]
        let leads: [Double?] = [9, 5, 3, nil, 14, 2, 0.5, nil, nil, nil]
        let scores: [Int?] = [5, 4, 2, nil, 4, 5, 3, nil, nil, nil]
        let promised = [1: "0.9", 4: "0.6"]
        var lines: [History.Line] = []
        for index in 0..<10 {
            let vehicle = "TESTVAN\(index + 1)"
            let severity = index == 4 || index == 8 ? "S2" : "S3"
            var opening = ["source": "phone", "severity": severity]
            if let lead = leads[index] { opening["fails_at"] = History.time(lead * 24) }
            if let share = promised[index + 1] { opening["probability"] = share }
            lines.append(History.step(0, "open", vehicle, "customer_service", opening))
            lines.append(
                History.step(responses[index] / 60, "ack", vehicle, "customer_service"))
            guard index < 9 else { continue }
            lines.append(
                History.step(
                    0.8, "triage", vehicle, "technician",
                    ["severity": severity, "advice": "A3", "component": "coil"]))
            switch index + 1 {
            case 3:
                // Two visits: eight hours, and ten more from when it came back.
                let verdict = "confirmed_as_predicted"
                lines += History.visit(vehicle, from: 0.8, solved: 8, verdict)
                lines.append(
                    History.step(9, "reopen", vehicle, "customer_service", ["reason": "again"]))
                lines += History.visit(vehicle, from: 9, solved: 19, verdict, readyBy: 20)
                lines += History.end(vehicle, at: 20, score: scores[index])
            case 4, 9:
                let at = hours[index] ?? 0
                lines.append(
                    History.step(
                        at, "remote", vehicle, "technician",
                        [
                            "complaint": "misfires", "cause": "none", "correction": "advice",
                            "disposition": index == 3 ? "data_fault" : "no_trouble_found",
                        ]))
                lines += History.end(vehicle, at: at + 1, score: nil)
            case 8:
                lines.append(
                    History.step(8, "cancel", vehicle, "supervisor", ["reason": "declined"]))
            default:
                let at = hours[index] ?? 0
                lines += History.visit(
                    vehicle, from: 0.8, solved: at,
                    index == 6 ? "broke_down_before_service" : "confirmed_as_predicted",
                    readyBy: index == 5 ? at - 1 : at + 1)
                lines += History.end(vehicle, at: at + 1, score: scores[index])
            }
        }
        return lines
    }

    /// The time in which a repair can come back is short, so that it is over at the end.
    static let shortProof = "version: 1\nproof: { within: 1h, km: 2000 }\n"

    static var data: [String: String] {
        [
            "attendance.csv": """
            date,technician,skill,attended_hours,worked_hours,sold_hours,operations
            2026-07-01,li,GEN,8,6.4,7,3
            2026-07-02,li,GEN,8,6,6,5

            """,
            "breakdowns.csv": """
            at,vehicle,mode,foretold,covered
            \(History.time(1)),TESTVAN7,coil-worn,yes,yes
            \(History.time(2)),OTHER1,coil-worn,no,yes
            \(History.time(3)),OTHER2,coil-worn,no,yes
            \(History.time(4)),OTHER3,door-hinge,no,no

            """,
            "fleet.csv": "key,value\nvehicles_sold,2000\nmillion_km,0.01\n",
            "invoices.csv": "estimate,total\nE-TESTVAN1,110\nE-TESTVAN2,95\nE-TESTVAN3,130\n",
            "standard-hours.csv": "mode,hours\ncoil-worn,1\n",
            "order-lines.csv": """
            part,order,supplier,channel,quantity,on_shelf,ordered,quoted,received,emergency
            C-1,PO-1,Nord,local,1,yes,\(History.time(1)),,,no
            C-2,PO-1,Nord,local,1,yes,\(History.time(1)),,,no
            C-1,PO-2,Nord,local,1,yes,\(History.time(2)),,,no
            C-2,PO-2,Nord,local,1,no,\(History.time(2)),,,yes

            """,
            "parts.csv": """
            part,name_en,name_zh,stock,on_order,explained
            C-1,Coil,线圈,3,0,0
            C-2,"Clip, old",卡扣,1,0,0

            """,
            "demand.csv": "part,month,pieces\n"
                + (1...13).map { "C-1,2025-\($0 < 10 ? "0" : "")\($0),\($0 == 1 ? 9 : 2)\n" }
                .joined() + "C-2,2025-01,4\n"
                + (2...13).map { "C-2,2025-\($0 < 10 ? "0" : "")\($0),0\n" }.joined(),
        ]
    }
}
