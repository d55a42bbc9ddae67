// SPDX-License-Identifier: Apache-2.0

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
