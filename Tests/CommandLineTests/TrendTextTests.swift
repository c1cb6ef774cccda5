import StoreText
import TerminalText
import Testing
import VehicleFaults

@testable import forewarn

@Suite struct TrendTextTests {
    private static func presentation(_ language: Language) -> Presentation {
        Presentation(
            painter: Painter(isOn: false), words: Words(language: language), isTerminal: false,
            showsLocalTime: false, showsWhole: true)
    }

    /// What a decision says of a check, and how people read it.
    static let rows: [(name: String, evidence: String, english: String, chinese: String)] = [
        (
            "a level",
            """
            "signal":"coolant_c","value":101.5,"statistic":"rises","score":11.25,"limit":8,"size":6.4,\
            "deviation":2
            """,
            "coolant_c 101.5, 6.4 above its own level, 3.2 times its usual deviation",
            "coolant_c 101.5，较自身水平高 6.4（平时偏差的 3.2 倍）"
        ),
        (
            "a level whose limit has no date, for it is met",
            """
            "signal":"coolant_c","value":101.5,"statistic":"rises","score":11.25,"limit":8,"size":6.4,\
            "deviation":2,"no_date":"limit_met"
            """,
            "the limit is met already", "已到限值"
        ),
        (
            "a level whose movement is not proven",
            """
            "signal":"coolant_c","value":101.5,"statistic":"rises","score":11.25,"limit":8,"size":6.4,\
            "deviation":2,"no_date":"not_proven"
            """,
            "no date for the limit: it is not proven that it goes on moving", "无到限日期：尚不能证明变化会继续"
        ),
        (
            "a level that moves too slowly",
            """
            "signal":"coolant_c","value":101.5,"statistic":"rises","score":11.25,"limit":8,"size":6.4,\
            "deviation":2,"no_date":"too_far"
            """,
            "no date for the limit: more than a year away at this pace", "无到限日期：按当前速度一年内不会到限"
        ),
        (
            "a level that may take years",
            """
            "signal":"coolant_c","value":101.5,"statistic":"rises","score":11.25,"limit":8,"size":6.4,\
            "deviation":2,"no_date":"too_flat"
            """,
            "no date for the limit: so slow that it may take years", "无到限日期：变化过缓，可能需数年"
        ),
        (
            "a place among the kind",
            """
            "signal":"oil_kpa","value":312,"statistic":"below-kind","score":9,"limit":8,"size":-35,\
            "deviation":10
            """,
            "oil_kpa 312, 35 below its usual distance to its kind, 3.5 times its usual deviation",
            "oil_kpa 312，较与同类车辆的平时差距低 35（平时偏差的 3.5 倍）"
        ),
        (
            "a code that recurs",
            """
            "signal":"P030?","value":9,"statistic":"recurs","score":9,"limit":8,"size":4.23,"deviation":0
            """,
            "P030? came 9 times, 4.2 times as often as is allowed, since",
            "P030? 已出现 9 次，为允许频率的 4.2 倍，自"
        ),
        (
            "a code that recurs ever sooner",
            """
            "signal":"P030?","value":9,"statistic":"recurs","score":9,"limit":8,"size":4.23,\
            "deviation":1.9
            """,
            "4.2 times as often as is allowed, ever sooner", "4.2 倍，间隔越来越短"
        ),
        (
            "signals that belong together",
            """
            "signal":"boost_kpa + load_pct","value":6.1,"statistic":"unlike-kind","score":9,"limit":8,\
            "size":2.125,"deviation":0.7
            """,
            "boost_kpa + load_pct go together less than on its kind, by 2.13 more than they used to, since",
            "boost_kpa + load_pct 的相互关系偏离同类车辆，距离较自身平时多 2.13，自"
        ),
        (
            "a code that foretells a failure",
            """
            "signal":"P0087 + rail_kpa","value":-3.14,"statistic":"foretells","score":0.721,"limit":0.5,\
            "size":0.85,"deviation":40
            """,
            "P0087 + rail_kpa: the signal 3.1 times its usual deviation below its own level, since",
            "P0087 + rail_kpa：信号较自身水平低平时偏差的 3.1 倍，自"
        ),
        (
            "what such codes have meant so far",
            """
            "signal":"P0087 + rail_kpa","value":3.14,"statistic":"foretells","score":0.721,"limit":0.5,\
            "size":0.85,"deviation":40
            """,
            "of 40 such cases 85 % failed (at least 72.1 %, told from 50 %)",
            "以往 40 次中 85% 随后失效（至少 72.1%，需要 50%）"
        ),
        (
            "a part that wears out",
            """
            "signal":"5000 km","value":162000.4,"statistic":"wears-out","score":0.2345,"limit":0.2,\
            "size":0.2,"deviation":0.27
            """,
            """
            a part of 162000 km: 23.5 % (20 to 27) of such parts fail within 5000 km, inspection asked \
            for from 20 %
            """,
            "部件已用 162000 km，今后 5000 km 内失效概率 23.5%（20% 至 27%），检查限值 20%"
        ),
    ]

    @Test("what a check saw is said in both languages", arguments: rows.indices)
    func says(index: Int) throws {
        let row = Self.rows[index]
        let body = EventBody(
            """
            {"evidence":[{"position":1,"at":"2026-03-01T08:00:00.000Z",\(row.evidence),\
            "onset":"2026-02-27T08:00:00.000Z"}]}
            """)
        let item = try #require(body.evidence?.first)
        for (language, expected) in [
            (Language.english, row.english), (.chinese, row.chinese),
        ] {
            let text = TrendText(presentation: Self.presentation(language))
                .text(item, onset: item.onset ?? "")
            #expect(text.contains(expected), "\(row.name): \(text)")
        }
    }
}
