// SPDX-License-Identifier: Apache-2.0

/// How a part of the page looks: a class of ``HTMLStyleSheet``, and, for mail clients that drop style sheets, where it
/// matters most a style of the element itself.
enum HTMLLook: String, CaseIterable {
    case page, sheet, title, lead, facts
    case passed, failed, incomplete, canceled
    case tiles, tile, number, bad, good, label
    case section, group, suite, note, wide, grid, head, headNumber, cell, count, fact
    case entry, name, warn, quiet, list, item, link, reason

    private static let font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
    private static let badge =
        "display:inline-block;padding:2px 11px;border-radius:12px;color:#ffffff;font-size:14px;font-weight:600"
    private static let line = "border-bottom:1px solid #d1d9e0"
    /// Names without a space must not make a page wider than its window.
    private static let breaking = "word-break:break-word;overflow-wrap:anywhere"

    /// Whether elements have the style themselves, besides the class: what gives the page its shape and its verdict, of
    /// which there are few. What a list has hundreds of is left to the style sheet.
    var isInline: Bool {
        switch self {
        case .page, .sheet, .title, .lead, .passed, .failed, .incomplete, .canceled, .tiles, .tile, .number, .label,
            .section, .grid:
            true
        default: false
        }
    }

    var style: String {
        switch self {
        case .page: "margin:0;padding:0;background:#f6f8fa;color:#1f2328;\(Self.font);font-size:15px;line-height:1.45"
        case .sheet:
            "background:#ffffff;color:#1f2328;padding:24px 28px;text-align:left;\(Self.font);font-size:15px;"
                + "line-height:1.45"
        case .title: "margin:0 0 10px;font-size:21px;line-height:1.3;font-weight:600;\(Self.breaking)"
        case .lead: "margin:12px 0 0;font-size:16px;\(Self.breaking)"
        case .facts: "margin:8px 0 0;color:#59636e;font-size:14px;\(Self.breaking)"
        case .passed: "\(Self.badge);background:#1a7f37"
        case .failed: "\(Self.badge);background:#cf222e"
        case .incomplete: "\(Self.badge);background:#9a6700"
        case .canceled: "\(Self.badge);background:#59636e"
        case .tiles: "width:100%;margin:18px 0 4px;border-collapse:collapse;table-layout:fixed"
        case .tile: "padding:10px 12px;border:1px solid #d1d9e0;vertical-align:top;text-align:left"
        case .number: "font-size:22px;line-height:1.2;font-weight:600;\(Self.breaking)"
        case .label: "color:#59636e;font-size:13px;\(Self.breaking)"
        case .section: "margin:30px 0 8px;padding-bottom:5px;\(Self.line);font-size:17px;font-weight:600"
        case .group: "margin:16px 0 4px;font-size:15px;font-weight:600;\(Self.breaking)"
        case .suite: "margin:8px 0 2px;color:#59636e;font-size:14px;font-weight:600;\(Self.breaking)"
        case .note: "margin:6px 0;color:#59636e;font-size:14px;\(Self.breaking)"
        case .wide: "overflow-x:auto"
        case .grid: "width:100%;border-collapse:collapse;font-size:14px"
        case .head: "padding:4px 8px;\(Self.line);color:#59636e;font-weight:600;text-align:left"
        case .headNumber: "padding:4px 8px;\(Self.line);color:#59636e;font-weight:600;text-align:right"
        case .cell: "padding:4px 8px;\(Self.line);text-align:left;font-weight:400;vertical-align:top;\(Self.breaking)"
        case .count: "padding:4px 8px;\(Self.line);text-align:right;white-space:nowrap;vertical-align:top"
        case .fact: "padding:2px 10px 2px 0;color:#59636e;font-weight:400;text-align:left;vertical-align:top"
        case .entry: "padding:9px 0;\(Self.line);vertical-align:top;text-align:left;\(Self.breaking)"
        case .name: "font-weight:600"
        case .bad: "color:#cf222e"
        case .good: "color:#1a7f37"
        case .warn: "color:#9a6700"
        case .quiet: "color:#59636e"
        case .list: "margin:2px 0 6px;padding-left:20px"
        case .item: "margin:1px 0;\(Self.breaking)"
        case .link: "color:#0969da;text-decoration:underline"
        case .reason: "margin:2px 0;white-space:pre-wrap;\(Self.breaking)"
        }
    }
}

/// The looks as classes, and what the styles of elements can't say.
enum HTMLStyleSheet {
    /// The whole sheet.
    static let text: String =
        "<style>\n" + HTMLLook.allCases.map { ".\($0.rawValue){\($0.style)}\n" }.joined() + variants

    /// `!important`, since it has to win over styles of elements.
    private static let variants = """
        :root { color-scheme: light dark; supported-color-schemes: light dark; }
        @media (max-width: 600px) {
          .sheet { padding: 16px 14px !important; }
          .tile { padding: 7px 8px !important; }
          .number { font-size: 18px !important; }
          .head, .headNumber, .cell, .count { padding: 4px 5px !important; }
        }
        @media (prefers-color-scheme: dark) {
          .page { background: #010409 !important; color: #e6edf3 !important; }
          .sheet { background: #0d1117 !important; color: #e6edf3 !important; }
          .facts, .label, .suite, .note, .head, .headNumber, .fact, .quiet { color: #9198a1 !important; }
          .tile, .section, .head, .headNumber, .cell, .count, .entry { border-color: #3d444d !important; }
          .link { color: #4493f8 !important; }
          .bad { color: #ff7b72 !important; }
          .good { color: #3fb950 !important; }
          .warn { color: #d29922 !important; }
        }
        @media print {
          .page { background: #ffffff !important; }
        }
        </style>
        """
}
