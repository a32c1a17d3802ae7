/// The style sheet of the HTML report: system fonts, figures of equal width, light and dark. Printed on the paper that the reader has: A4 and Letter are looked at.
enum ReportStyle {
    /// - Parameter margin: what stands at the foot of every printed page: our own words alone, since they stand inside CSS.
    static func sheet(margin: String) -> String {
        precondition(margin.unicodeScalars.allSatisfy { $0 != "\"" && $0 != "\\" && $0 != "<" && $0.value >= 0x20 }, "plain words")
        return css + "@page{margin:16mm 15mm 18mm;@bottom-left{content:\"\(margin)\";font:7.5pt system-ui,sans-serif;color:#5b6675}"
            + "@bottom-right{width:18mm;white-space:nowrap;content:counter(page) \" / \" counter(pages);font:7.5pt system-ui,sans-serif;color:#5b6675}}"
    }

    // The line at the end is not printed, since a browser would give it a sheet of its own: the margin and the method say what it says.
    private static let css = #"""
        :root{color-scheme:light dark;--paper:#fff;--ink:#18212c;--quiet:#566272;--rule:#d8dee6;--wash:#f4f6f9;--deep:#1d4e79;--mid:#7fa3c4;--pale:#cfdeec;--warn:#8a3d00;--warnwash:#fdf3e7;--on:#fff}
        @media (prefers-color-scheme:dark){:root{--paper:#11161d;--ink:#e4e9ef;--quiet:#9aa7b6;--rule:#2c3643;--wash:#19212b;--deep:#8fbce6;--mid:#43688b;--pale:#2a4058;--warn:#f0b27a;--warnwash:#2a2118;--on:#11161d}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums lining-nums}
        main,header.top,footer.end{max-width:1040px;margin:0 auto;padding:0 28px}
        header.top{padding-top:36px}
        .kicker{margin:0 0 6px;color:var(--quiet);font-size:13px;letter-spacing:.08em;text-transform:uppercase}
        h1{margin:0 0 6px;font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
        h2{margin:0 0 10px;font-size:21px;line-height:1.3;font-weight:650}
        h3{margin:28px 0 8px;font-size:16px;font-weight:650}
        p{margin:0 0 12px;max-width:75ch;overflow-wrap:anywhere}
        .facts{color:var(--quiet);font-size:14.5px}
        .fictitious{border:1px dashed var(--quiet);padding:8px 14px;margin:14px 0;font-size:14.5px}
        .status{border-left:5px solid var(--warn);background:var(--warnwash);padding:12px 18px;margin:18px 0 0}
        .status p{margin:0 0 4px;font-weight:650}
        .status .what{font-weight:400;font-size:14.5px}
        .status.ready{border-color:var(--deep);background:var(--wash)}
        .status ul{margin:0;padding-left:20px;font-size:14.5px}
        .status li{margin:3px 0;overflow-wrap:anywhere}
        section{padding:30px 0 6px;margin-top:26px;border-top:1px solid var(--rule)}
        section.first{border-top:0;margin-top:0}
        .hero{display:grid;grid-template-columns:minmax(250px,5fr) 7fr;gap:16px 44px;align-items:end;margin-bottom:6px}
        .hero .figure{font-size:58px;line-height:1.05;font-weight:650;letter-spacing:-.02em;color:var(--deep);white-space:nowrap}
        .hero .range{font-size:19px;margin:4px 0 0}
        .hero .share{font-size:17px;margin:0}
        .hero .share+.share{margin-top:6px}
        .legend{font-size:13.5px;margin:4px 0 10px}
        .legend span{white-space:nowrap;margin-right:16px}
        .legend svg{display:inline-block;vertical-align:-1px;margin-right:6px}
        .label{display:block;color:var(--quiet);font-size:13.5px}
        .cards{display:grid;grid-template-columns:repeat(3,1fr);gap:14px;margin:22px 0}
        .card{background:var(--wash);padding:14px 18px}
        .card h3{margin:0 0 4px;font-size:13.5px;color:var(--quiet);font-weight:600}
        .card p{margin:0;font-size:15.5px}
        .asked{border-left:5px solid var(--deep);background:var(--wash);padding:10px 18px;margin:18px 0 0}.asked h3{margin:0 0 4px}.asked ol{margin:0;padding-left:20px}
        .plot{max-width:700px;padding:8px 24px 0 64px}
        .pair{display:grid;grid-template-columns:1fr 1fr;gap:0 40px}
        .pair>*{min-width:0}
        figure{margin:14px 0 18px}
        figcaption{color:var(--quiet);font-size:14px;margin:0 0 8px;max-width:95ch}
        svg{display:block;overflow:visible}
        svg text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,Arial,"Liberation Sans",sans-serif;fill:var(--ink)}
        svg .strong{font-weight:650}
        svg .soft{fill:var(--quiet)}
        .whisker{fill:var(--deep)}.band{fill:var(--mid)}.tick{fill:var(--ink)}.solid{fill:var(--deep)}.pale{fill:var(--pale)}.axis{fill:var(--rule)}.mid{fill:var(--mid)}.reference{fill:var(--quiet);opacity:.35}.line{stroke:var(--ink);stroke-width:1.5;fill:none}.quietline{stroke:var(--quiet);stroke-width:1;stroke-dasharray:4 3;fill:none}.gridline{stroke:var(--rule);stroke-width:1}.curve{stroke:var(--deep);stroke-width:2;fill:none}.under{fill:var(--wash)}.plan{fill:var(--ink)}
        .g0{fill:var(--deep)}.g1{fill:var(--mid)}.g2{fill:url(#hatch)}.g3{fill:url(#dots)}
        .edge{fill:none;stroke:var(--deep);stroke-width:1}
        svg text.on{fill:var(--on)}
        .hatched{fill:url(#hatch)}
        .scroll{overflow-x:auto;margin:0 0 4px}
        .scroll:focus-visible{outline:2px solid var(--deep)}
        table{border-collapse:collapse;width:100%;font-size:14.5px;line-height:1.4}
        th{font-weight:600;color:var(--quiet);font-size:13px;text-align:left;vertical-align:bottom}
        th,td{padding:6px 16px 6px 0;border-bottom:1px solid var(--rule);vertical-align:top}
        th:last-child,td:last-child{padding-right:0}
        thead th,thead td{border-bottom:1.5px solid var(--ink)}
        tbody th{color:inherit;font-size:inherit;font-weight:400;vertical-align:top}
        .n{text-align:right;white-space:nowrap}
        .h{white-space:nowrap}
        table.lines .n{white-space:normal}
        svg .narrow{display:none}
        .plot .strong{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
        th.n{white-space:normal}
        .w{min-width:104px;overflow-wrap:anywhere}table.lines td.m{min-width:60px;width:13%}
        td.m{width:24%;min-width:120px;padding-top:9px}
        tr.total td,tr.total th{font-weight:650;border-bottom:1.5px solid var(--ink)}
        tr.below td,tr.below th{color:var(--quiet)}
        a{color:inherit;text-decoration-color:var(--mid);text-underline-offset:2px}tr:target{background:var(--wash)}
        table.method td{overflow-wrap:anywhere}
        table.method td:first-child{white-space:nowrap;color:var(--quiet)}
        table.lines{font-size:13.5px}
        table.grid td,table.grid thead th{text-align:center;border:1px solid var(--rule);padding:8px 6px}
        table.grid{table-layout:fixed;min-width:480px;margin-bottom:12px}table.grid th{overflow-wrap:anywhere}
        table.grid tbody th{text-align:left;border:1px solid var(--rule);padding:8px 10px}
        table.grid .s1{background:color-mix(in srgb,var(--pale) 35%,var(--paper))}
        table.grid .s2{background:color-mix(in srgb,var(--pale) 75%,var(--paper))}
        table.grid .s3{background:color-mix(in srgb,var(--mid) 55%,var(--paper))}
        table.grid .s4{background:color-mix(in srgb,var(--mid) 95%,var(--paper))}
        table.grid small{display:block;font-size:12.5px}
        @media (prefers-color-scheme:dark){table.grid .s3{background:color-mix(in srgb,var(--mid) 52%,var(--paper))}table.grid .s4{background:color-mix(in srgb,var(--mid) 75%,var(--paper))}}
        ul{margin:0 0 12px;padding-left:20px}
        li{margin:4px 0;max-width:95ch;overflow-wrap:anywhere}
        footer.end{color:var(--quiet);font-size:13.5px;padding-top:26px;padding-bottom:48px}
        .draft{position:fixed;inset:0;display:flex;flex-direction:column;align-items:center;justify-content:center;text-align:center;pointer-events:none;z-index:9;transform:rotate(-28deg)}
        .draft b{color:color-mix(in srgb,var(--warn) 8%,transparent);font-size:min(26vw,250px);line-height:1;letter-spacing:.06em}
        .draft b.preview{font-size:min(18vw,176px)}
        .draft span{color:color-mix(in srgb,var(--warn) 15%,transparent);font-size:min(2.4vw,21px);max-width:70vw;font-weight:650}
        .defs{position:absolute;width:0;height:0}
        @media (max-width:1000px){.pair{grid-template-columns:1fr}table{font-size:13.5px}table.lines{font-size:12.5px}th{font-size:12.5px}th,td{padding-right:10px}.n{white-space:normal}.w{min-width:90px}td.m{min-width:56px;width:12%}}
        @media screen and (max-width:1000px){table.grid thead th,table.grid tbody th{font-size:12px;padding:8px 4px}table.grid:has(thead th:nth-child(4)){min-width:540px}table.grid:has(thead th:nth-child(6)){min-width:756px}}
        @media (max-width:700px){
        main,header.top,footer.end{padding-left:16px;padding-right:16px}
        header.top{padding-top:20px}
        h1{font-size:24px}
        .hero,.cards,.pair{grid-template-columns:1fr}
        .hero .figure{font-size:46px}
        td.m,svg .wide{display:none}svg .narrow{display:inline}
        th,td{padding-right:12px}
        .w,table.lines .w{min-width:9.5em}
        table.ranked{font-size:12px}table.ranked th{font-size:11.5px}table.ranked tbody th{font-size:inherit}table.ranked th,table.ranked td{padding-right:6px}table.ranked .w{min-width:0;overflow-wrap:break-word}
        table.ranked tr>:first-child{display:none}
        table.method td:first-child{white-space:normal}
        }
        @media print{
        :root{color-scheme:light;--paper:#fff;--ink:#18212c;--quiet:#4f5a68;--rule:#d8dee6;--wash:#f4f6f9;--deep:#1d4e79;--mid:#7fa3c4;--pale:#cfdeec;--warn:#8a3d00;--warnwash:#fdf3e7;--on:#fff}
        *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
        body{font-size:10pt}
        main,header.top{max-width:none;padding:0}
        header.top{padding-top:0}
        h1{font-size:17pt}h2{font-size:13pt;margin-bottom:6pt}h3{font-size:10pt;margin-top:10pt}p{margin-bottom:7pt}
        .hero{grid-template-columns:5fr 7fr}.hero .figure{font-size:32pt}.hero .range{font-size:11pt}.hero .share{font-size:10pt}
        .asked{padding:6pt 11pt;margin-top:7pt}.asked ol{font-size:9.2pt}.cards{grid-template-columns:repeat(3,1fr);gap:8pt;margin:8pt 0 4pt}.card{padding:6pt 9pt}.card p{font-size:9pt}.card h3,.label{font-size:8.5pt}
        .pair{grid-template-columns:1fr 1fr;gap:0 20pt}
        section{padding:14pt 0 0;margin-top:12pt}
        table{font-size:8.8pt}th{font-size:8.3pt}table.lines{font-size:7.6pt}table.lines th{font-size:7.4pt}
        th,td{padding:3pt 9pt 3pt 0}table.lines th,table.lines td{padding-right:5pt}table.lines .w{min-width:19mm}
        td.m{width:17%;min-width:0;padding-top:5pt}
        .w{min-width:24mm;overflow-wrap:anywhere}
        .pair .w{min-width:20mm}
        figcaption,.facts,.fictitious,.status ul{font-size:8.8pt}
        .status{padding:6pt 11pt;margin-top:7pt}figure{margin:7pt 0 9pt}section.first{padding-top:8pt}.fictitious{padding:5pt 9pt;margin:8pt 0}
        .scroll{overflow:visible}table.grid td,table.grid thead th{min-width:0;padding:4pt 5pt;overflow-wrap:anywhere}table.grid tbody th{padding:4pt 5pt}table.grid{min-width:0}table.grid .s3{background:color-mix(in srgb,var(--mid) 55%,var(--paper))}table.grid .s4{background:color-mix(in srgb,var(--mid) 95%,var(--paper))}
        h2,h3,figcaption{break-after:avoid}p{orphans:3;widows:3}
        tr,.keep,.card,.asked,.status{break-inside:avoid}
        tbody tr:nth-last-child(-n+2){break-before:avoid}footer.end{display:none}
        thead{display:table-header-group}
        svg text{font-size:8.5pt}
        .legend{font-size:8.5pt}
        .draft b{color:color-mix(in srgb,var(--warn) 8%,transparent);font-size:116pt}.draft b.preview{font-size:84pt}.draft span{font-size:12pt;max-width:150mm}
        }

        """#
}
