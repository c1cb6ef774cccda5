import FaultRules
import FaultTrends
import FleetReports
import ForewarnDaemon
import StoreText
import TicketStorage
import VehicleFaults

/// What rules promise about false tickets, and what came of it.
struct HonestyReport {
    let rules: RuleSet
    let verdicts: [String: RuleVerdicts]
    /// What the fleet knows together; `nil` before the first epoch.
    let hypotheses: Int?

    /// Reads the running rules and all verdicts so far.
    init(_ store: TicketStore) throws {
        guard let rules = try RuleSet(inForce: store) else {
            throw CommandFailure(code: .no, message: "no rules have run here yet")
        }
        self.rules = rules
        verdicts = try store.verdicts()
        hypotheses = try store.fleet()?.hypotheses
    }

    func document(from: EventTime, to: EventTime) -> ReportDocument {
        let promise = rules.settings.falseShare
        let promising = Set(
            rules.program.trends.filter(\.isPromise).map { rules.program.rules[$0.rule].id })
        let (bound, others) = (
            rules.program.rules.filter { promising.contains($0.id) },
            rules.program.rules.filter { !promising.contains($0.id) }
        )
        return ReportDocument(
            name: "honesty", title: Phrase("Promised and realised", "承诺与实际"), from: from, to: to,
            sections: [
                .init(
                    Phrase("Rules that promise", "有承诺的规则"),
                    notes: [
                        Phrase(
                            "All verdicts so far, whatever the period. An interval holds the false share with 95 %.",
                            "统计迄今全部结论，与所选时段无关。区间以95%的把握包含误报占比。")
                    ], tables: [table("promising", bound, promise: promise)]),
                .init(
                    Phrase("Rules that promise nothing", "无承诺的规则"),
                    tables: [table("others", others, promise: nil)]),
                .init(Phrase("What the promise rests on", "承诺的前提"), notes: assumptions(promise)),
            ])
    }

    private func table(
        _ id: String, _ list: [Rule], promise: Double?
    ) -> ReportDocument.Table {
        ReportDocument.Table(
            id, Phrase("False tickets by rule", "各规则误报"),
            columns: [
                .init("rule", Phrase("Rule", "规则")),
                .init("promised", Phrase("Promised", "承诺"), numeric: true),
                .init("realised", Phrase("Realised", "实际"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
                .init("confirmed", Phrase("Right", "属实"), numeric: true),
                .init("refuted", Phrase("False", "误报"), numeric: true),
                .init("silent", Phrase("No answer", "无结论"), numeric: true),
                .init("open", Phrase("Open", "未结"), numeric: true),
                .init("verdict", Phrase("Verdict", "判定")),
            ], rows: list.map { row($0, promise: promise) })
    }

    private func row(_ rule: Rule, promise: Double?) -> [ReportDocument.Cell] {
        let said = verdicts[rule.id] ?? RuleVerdicts()
        let honesty = RuleHonesty(
            confirmed: UInt32(clamping: said.confirmed), refuted: UInt32(clamping: said.refuted))
        let answered = said.confirmed + said.refuted
        let share = answered > 0 ? Double(said.refuted) / Double(answered) : nil
        let verdict =
            switch promise {
            case nil: Phrase("–", "–")
            case _ where answered == 0: Phrase("no verdicts yet", "尚无结论")
            case .some(let promise) where honesty.isBroken(promise: promise):
                rules.controls.state(of: rule.id) == .shadow
                    ? Phrase("broken, only advises", "已违背，仅供参考") : Phrase("broken", "已违背")
            case .some: Phrase("not broken", "未违背")
            }
        return [
            .text(rule.id), .number(promise, .share), .number(share, .share),
            .interval(answered > 0 ? honesty.falseShare(0.95).bounds : nil, .share),
            .number(Double(said.confirmed), .count), .number(Double(said.refuted), .count),
            .number(Double(said.silent), .count), .number(Double(said.open), .count),
            .words(verdict),
        ]
    }

    private func assumptions(_ promise: Double) -> [Phrase] {
        let percent = shortNumber(100 * promise)
        var notes = [
            Phrase(
                "Of the tickets that statistical checks ever open, at most \(percent) % are expected to be false, as long as vehicles go their own ways once what they have in common is taken off.",
                "统计检查所开的全部工单中，误报的期望占比不超过 \(percent)%，前提是去除共性后各车互不影响。"),
            Phrase(
                "False means that the signal or code had not gone further than its rule calls harmless. A sound vehicle whose sensor was swapped for another has gone further.",
                "误报指信号或故障码并未超出规则所称的无害范围。更换传感器造成的偏移属于真实偏移。"),
            Phrase(
                "It holds if a vehicle's readings, freed of what load, weather and its kind explain, are near normal and depend on those before by the last one and a fading trail; more variance is allowed for, the less is known of that.",
                "前提：去除负荷、天气与同类车辆共性后，读数近似正态，且只通过上一次读数和逐渐衰减的历史依赖先前读数；对此了解越少，留出的方差余量越大。"),
            Phrase(
                "Found without trouble, a sensor or the data at fault count as false; declined, gone by itself or unknown count as no answer.",
                "“未发现故障”“传感器故障”“数据错误”计为误报；“客户拒绝”“自行消失”“未知”计为无结论。"),
            Phrase(
                "A rule is found to have broken its promise when the evidence of its verdicts reaches 20; one that keeps it meets that fate with a chance of 5 % at most, ever.",
                "当结论的证据值达到20时判定规则违背承诺；守约的规则终其一生被误判的概率不超过5%。"),
        ]
        if rules.settings.decision == .levels {
            notes.insert(
                Phrase(
                    "They are chosen by LORD++ (watch.decision), which holds only for vehicles that have nothing to do with each other: a heat wave, bad fuel or a release that moves many of them on one day can make far more tickets false. e-BH holds then, too.",
                    "工单由 LORD++ 选出（watch.decision），仅在各车互不相关时成立：热浪、劣质燃油或软件发布等同日影响多车的事件会使误报大增。此时 e-BH 依然成立。"
                ),
                at: 1)
        }
        if let hypotheses {
            notes.append(
                Phrase(
                    "\(hypotheses) pairs of a vehicle and a check were called into question so far.",
                    "迄今共有 \(hypotheses) 个车辆与检查的组合受到怀疑并接受检验。"))
        }
        return notes
    }
}
