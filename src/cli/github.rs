//! Workflow commands: lines that GitHub shows as annotations.

/// One command with its properties, escaped as GitHub asks, with the line end.
pub(crate) fn command(level: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(key, value)| format!("{key}={}", escape(value, true))).collect();
    let gap = if properties.is_empty() { "" } else { " " };
    format!("::{level}{gap}{}::{}\n", properties.join(","), escape(message, false))
}

fn escape(text: &str, property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn properties_and_message_are_escaped() {
        assert_eq!(
            command("error", &[("file", "a,b.txt"), ("line", "3")], "50%\nlost: all"),
            "::error file=a%2Cb.txt,line=3::50%25%0Alost: all\n"
        );
    }
}
