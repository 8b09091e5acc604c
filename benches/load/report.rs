//! Tables in Markdown, aligned so that they are also readable in a terminal.

/// One line of the table of goals.
pub(crate) struct Goal {
    pub(crate) what: &'static str,
    pub(crate) value: String,
    pub(crate) reference: String,
    pub(crate) ratio: Option<f64>,
    pub(crate) target: &'static str,
    pub(crate) is_reached: bool,
}

impl Goal {
    /// A goal without a reference.
    pub(crate) fn absolute(what: &'static str, value: String, target: &'static str, is_reached: bool) -> Goal {
        Goal { what, value, reference: String::new(), ratio: None, target, is_reached }
    }
}

/// Everything that was measured.
#[derive(Default)]
pub(crate) struct Report {
    goals: Vec<Goal>,
    details: Vec<Vec<String>>,
}

impl Report {
    pub(crate) fn add_goal(&mut self, goal: Goal) {
        self.goals.push(goal);
    }

    /// Adds a line to the table of journeys.
    pub(crate) fn add_detail(&mut self, cells: Vec<String>) {
        self.details.push(cells);
    }

    pub(crate) fn print(&self) {
        let goals = self.goals.iter().map(|goal| {
            vec![
                goal.what.to_owned(),
                goal.value.clone(),
                goal.reference.clone(),
                goal.ratio.map_or(String::new(), |ratio| format!("{ratio:.1}×")),
                goal.target.to_owned(),
                if goal.is_reached { "yes" } else { "**no**" }.to_owned(),
            ]
        });
        if !self.details.is_empty() {
            let header = [
                "journey",
                "server",
                "CPU s per 1000",
                "sandbox's CPU s",
                "database's CPU s",
                "per second",
                "p50 ms",
                "p95 ms",
                "p99 ms",
                "errors",
            ];
            print_table(&header, self.details.clone());
        }
        print_table(&["what", "value", "reference", "ratio", "target", "reached"], goals.collect());
    }
}

fn print_table(header: &[&str], rows: Vec<Vec<String>>) {
    let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
    let width = |column: usize| {
        let cells = rows.iter().chain([&header]).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    println!();
    print_row(&header, &widths);
    println!("|{}", widths.iter().map(|width| format!("{}|", "-".repeat(width + 2))).collect::<String>());
    for row in &rows {
        print_row(row, &widths);
    }
}

fn print_row(cells: &[String], widths: &[usize]) {
    let padded = cells.iter().zip(widths).map(|(cell, width)| {
        let padding = width - cell.chars().count();
        format!(" {cell}{} |", " ".repeat(padding))
    });
    println!("|{}", padded.collect::<String>());
}
