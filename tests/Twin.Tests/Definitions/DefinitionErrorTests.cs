using System.Globalization;
using System.Text;
using DToC.Twin.Definitions;

namespace DToC.Twin.Tests.Definitions;

public class DefinitionErrorTests
{
    // One right definition; each case replaces one text of it and expects the error there.
    private const string Right = """
        {
          // a comment
          "name": "sample", "version": "1", "customer": { "kinds": ["person"] },
          "currency": "EUR", "currencyRates": { "USD": 0.9 },
          "purposes": ["analytics", "marketing"],
          "categories": { "all": { "retentionDays": 30, "bases": { "analytics": "contract" } } },
          "attributes": { "country": { "type": "text", "category": "all" } },
          "events": { "Told": { "category": "all", "outcome": { "kind": "responded", "decision": "d" } },
            "Seen": { "category": "all", "signals": { "p": { "path": "a.b", "type": "money", "min": 1, "max": 9 } } }
          },
          "features": {
            "views": { "kind": "decayedCount", "of": "Seen", "halfLifeDays": 7 },
            "hour": { "kind": "hourOfWeek", "of": ["Seen"], "bucketHours": 3 }
          },
          "journey": { "initial": "new", "stages": { "new": { "idleDays": 3, "idleTo": "new" } } },
          "models": {
            "expected": {
              "kind": "bgnbd", "output": "expectedPurchases", "purpose": "analytics", "history": "p", "horizon": 4,
              "parameters": { "r": 1, "alpha": 1, "a": 1, "b": 1 }
            }
          },
          "segments": { "some": { "purpose": "analytics", "rule": "views > 1" } },
          "channels": { "mail": { "outbound": true, "quietHours": { "from": "21:00", "to": "08:00" } } },
          "holdout": { "percent": 5, "salt": "x" },
          "offers": { "o": { "channel": "mail", "purpose": "marketing", "propensity": "0.1", "value": "1" } },
        }
        """;

    [Fact]
    public void The_definition_the_cases_change_is_right() => Assert.Empty(ErrorsOf(Right));

    [Theory]
    // unknown key, the nearest named; keys of another kind
    [InlineData("\"halfLifeDays\"", "\"halfLiveDays\"", "features.views.halfLiveDays", "unknown key 'halfLiveDays'",
        "Did you mean 'halfLifeDays'? Keys known here: kind, of, halfLifeDays.")]
    [InlineData("\"bucketHours\"", "\"capacity\"", "features.hour.capacity", "unknown key 'capacity'",
        "Keys known here: kind, of, bucketHours.")]
    [InlineData("\"purposes\"", "\"purposse\"", "purposse", "unknown key 'purposse'", "Did you mean 'purposes'?")]
    // duplicate key
    [InlineData("\"max\": 9", "\"min\": 9", "events.Seen.signals.p.min", "this key is written twice",
        "Keep one; the first is at line 9, column 86.")]
    // wrong type
    [InlineData("\"a.b\"", "5", "events.Seen.signals.p.path", "expected a text, found a number", "Write")]
    [InlineData("30", "\"30\"", "categories.all.retentionDays", "expected a number, found a text",
        "Write a whole number from 1 to 36500.")]
    [InlineData("true", "\"yes\"", "channels.mail.outbound", "expected true or false, found a text",
        "Write true or false.")]
    [InlineData("{ \"kinds\": [\"person\"] }", "[]", "customer", "expected an object, found a list",
        "Write an object with the keys kinds.")]
    [InlineData("[\"analytics\", \"marketing\"]", "null", "purposes", "expected a list, found null", "Write a list")]
    [InlineData("[\"Seen\"]", "{}", "features.hour.of", "expected a text or a list of texts, found an object",
        "Write a name")]
    // range
    [InlineData("30", "0", "categories.all.retentionDays", "0 is out of range", "Write a whole number from 1")]
    [InlineData("30", "1.5", "categories.all.retentionDays", "1.5 is not a whole number", "Write a whole number")]
    [InlineData("7", "0", "features.views.halfLifeDays", "0 is out of range", "Write a number above 0, at most 36500.")]
    [InlineData("5, \"salt\"", "51, \"salt\"", "holdout.percent", "51 is out of range", "Write a number from 0 to 50.")]
    [InlineData("0.9", "1e999", "currencyRates.USD", "1e999 is out of range", "Write a number above 0.")]
    [InlineData("3 }\n  },\n  \"journey\"", "5 }\n  },\n  \"journey\"", "features.hour.bucketHours", "5 is not allowed",
        "Write one of: 1, 2, 3, 4, 6, 8, 12, 24.")]
    [InlineData("1, \"max\"", "10, \"max\"", "events.Seen.signals.p.min", "'min' 10 is above 'max' 9",
        "Write a 'min' that is at most 'max'.")]
    // words
    [InlineData("\"responded\"", "\"clicked\"", "events.Told.outcome.kind", "'clicked' is not a word known here",
        "Write one of: accepted, delivered,")]
    [InlineData("\"contract\"", "\"contact\"", "categories.all.bases.analytics", "'contact' is not a word known here",
        "Did you mean 'contract'? Write one of: none, consent, contract, legalObligation, vitalInterest, "
        + "publicTask, legitimateInterest.")]
    [InlineData("\"decayedCount\"", "\"decayCount\"", "features.views.kind", "'decayCount' is not a word known here",
        "Did you mean 'decayedCount'? Write one of: count, ")]
    [InlineData("\"money\"", "\"xyz\"", "events.Seen.signals.p.type", "'xyz' is not a word known here",
        "Write one of: number, money, boolean, token, sentiment.")]
    // empty and double
    [InlineData("[\"Seen\"]", "[]", "features.hour.of", "the list is empty", "Name at least one")]
    [InlineData("\"marketing\"]", "\"analytics\"]", "purposes[1]", "'analytics' is in the list twice", "Name it once.")]
    // names and texts
    [InlineData("\"views\":", "\"my views\":", "features.my views", "'my views' is not an identifier",
        "Write an identifier (letters, digits and _, no digit first, because rules name it)")]
    [InlineData("\"some\"", "\"1st\"", "segments.1st", "'1st' is not an identifier", "Write an identifier")]
    [InlineData("\"Seen\": {", "\"Seen.it\": {", "events.Seen.it", "'Seen.it' is not an event name", "no dot")]
    [InlineData("\"a.b\"", "\"a[].b[].c\"", "events.Seen.signals.p.path", "'a[].b[].c' is not a path", "keys joined")]
    [InlineData("\"21:00\"", "\"24:00\"", "channels.mail.quietHours.from", "'24:00' is not a time of day", "HH:MM")]
    [InlineData("\"08:00\"", "\"21:00\"", "channels.mail.quietHours.to", "'from' and 'to' are equal", "two different")]
    [InlineData("\"EUR\"", "\"euro\"", "currency", "'euro' is not a currency", "ISO 4217")]
    [InlineData("\"views > 1\"", "\" \"", "segments.some.rule", "' ' is not a rule", "Write a rule")]
    [InlineData("\"sample\"", "\"\\ud800\"", "name", "an escape in this text is half of a surrogate pair", "Write")]
    public void A_wrong_part_is_named_where_it_stands(
        string right, string wrong, string path, string message, string remedy)
    {
        var error = ErrorsOf(Replaced(right, wrong)).Single(error => error.Path == path
            && error.Message.StartsWith(message, StringComparison.Ordinal));
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        Assert.Equal(PlaceOf(right), error.At);
    }

    [Theory]
    [InlineData("\"name\": \"sample\",", "name", 1, 1, "Add \"name\": a short name")]
    [InlineData("\"customer\": { \"kinds\": [\"person\"] },", "customer", 1, 1, "Add \"customer\": an object")]
    [InlineData("\"retentionDays\": 30,", "categories.all.retentionDays", 6, 26, "Add \"retentionDays\": a whole")]
    [InlineData("\"kind\": \"hourOfWeek\",", "features.hour.kind", 13, 13, "Add \"kind\": one of: count, ")]
    [InlineData(", \"halfLifeDays\": 7", "features.views.halfLifeDays", 12, 14, "Add \"halfLifeDays\": a number above")]
    [InlineData(", \"horizon\": 4", "models.expected.horizon", 17, 17, "Add \"horizon\": a number above 0")]
    [InlineData(", \"idleTo\": \"new\"", "journey.stages.new.idleTo", 15, 53, "Add \"idleTo\": a name")]
    [InlineData("\"currency\": \"EUR\",", "currency", 1, 1, "Add \"currency\": a currency")]
    public void A_missing_key_is_named_at_its_object(string key, string path, int line, int column, string remedy)
    {
        var error = Assert.Single(ErrorsOf(Replaced(key, "")));
        Assert.Equal((path, new Position(line, column)), (error.Path, error.At));
        Assert.EndsWith("is missing", error.Message, StringComparison.Ordinal);
        Assert.StartsWith(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{", 1, 2)]
    [InlineData("{\n  \"name\": x }", 2, 11)]
    [InlineData("{\n  /* ä\n 😀 */ \"ä😀\": ] }", 3, 15)]
    [InlineData("{} {}", 1, 4)]
    [InlineData("{ \"a\": 1 \"b\": 2 }", 1, 10)]
    [InlineData("[[[[[[[[[[[[[[[[[", 1, 17)]
    public void Malformed_json_is_one_error_at_its_place(string text, int line, int column)
    {
        var error = Assert.Single(ErrorsOf(text));
        Assert.Equal(("(document)", new Position(line, column)), (error.Path, error.At));
        Assert.StartsWith("malformed JSON: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_named_at_the_first_of_them()
    {
        var error = Assert.Single(ErrorsOf([.. "{\n\"ä"u8, 0xC3, .. "\": 1 }"u8]));
        Assert.Equal(new Position(2, 3), error.At);
        Assert.Equal("the bytes here are not UTF-8", error.Message);
    }

    [Fact]
    public void Columns_count_characters_and_a_byte_order_mark_counts_for_nothing()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "{ /* äöü */ \"nmae\": 1 }"u8];
        var error = ErrorsOf(bytes).Single(error => error.Path == "nmae");
        Assert.Equal(new Position(1, 13), error.At);
        Assert.StartsWith("Did you mean 'name'?", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_that_is_no_object_is_refused()
    {
        var error = Assert.Single(ErrorsOf("\n [1]"));
        Assert.Equal((new Position(2, 2), "expected an object, found a list"), (error.At, error.Message));
    }

    [Fact]
    public void Every_error_is_reported_in_the_order_of_the_file()
    {
        var text = Right.Replace("\"contract\"", "\"contact\"", StringComparison.Ordinal)
            .Replace("\"salt\": \"x\"", "\"slat\": \"x\"", StringComparison.Ordinal)
            .Replace("\"version\": \"1\"", "\"version\": 1", StringComparison.Ordinal);
        Assert.Equal("version, categories.all.bases.analytics, holdout.salt, holdout.slat",
            string.Join(", ", ErrorsOf(text).Select(error => error.Path)));
    }

    [Fact]
    public void No_more_than_fifty_errors_are_reported_and_they_are_the_first()
    {
        var wrong = string.Join(", ", Enumerable.Range(0, 200).Select(i => $"\"x{i}\": 1"));
        var errors = ErrorsOf(Replaced("\"USD\": 0.9", wrong));
        Assert.Equal(DefinitionLimits.Errors, errors.Count);
        Assert.Equal("currencyRates.x49", errors[^1].Path);
    }

    [Fact]
    public void A_large_file_of_unknown_keys_gives_the_first_fifty()
    {
        var many = string.Join(",", Enumerable.Range(0, 50_000).Select(i => $"\"ünknown{i}\":1"));
        var errors = ErrorsOf(Replaced("// a comment", many + ","));
        Assert.Equal(DefinitionLimits.Errors, errors.Count);
        Assert.All(errors, error => Assert.StartsWith("unknown key", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("features", "\"kind\": \"sessions\"", DefinitionLimits.Features)]
    [InlineData("offers", "\"channel\": \"m\", \"purpose\": \"m\", \"propensity\": \"1\", \"value\": \"1\"",
        DefinitionLimits.Offers)]
    [InlineData("segments", "\"purpose\": \"a\", \"rule\": \"1\"", DefinitionLimits.Segments)]
    [InlineData("triggers", "\"kind\": \"threshold\", \"when\": \"1\"", DefinitionLimits.Triggers)]
    public void A_map_holds_what_its_limit_says_and_not_one_more(string map, string entry, int limit)
    {
        Assert.Empty(ErrorsOf(With(limit)));
        var error = Assert.Single(ErrorsOf(With(limit + 1)));
        Assert.Equal((map, $"the object has {limit + 1} entries", $"Write at most {limit}."),
            (error.Path, error.Message, error.Remedy));

        string With(int count) => Sample.Head
            + $", \"{map}\": {{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"e{i}\": {{ {entry} }}"))
            + "} }";
    }

    [Fact]
    public void A_file_above_the_limit_is_not_parsed()
    {
        Assert.Empty(ErrorsOf(Right.PadRight(DefinitionLimits.FileBytes)));
        var error = Assert.Single(ErrorsOf(Right.PadRight(DefinitionLimits.FileBytes + 1)));
        Assert.Equal(("the file has 1048577 bytes", "Write at most 1048576 bytes."), (error.Message, error.Remedy));
    }

    [Fact]
    public void Content_above_the_limit_is_refused()
    {
        var filler = new string('x', DefinitionLimits.ContentBytes);
        var content = $"\"value\": \"1\", \"content\": {{ \"t\": \"{filler}\" }}";
        var error = Assert.Single(ErrorsOf(Replaced("\"value\": \"1\"", content)));
        Assert.Equal(("offers.o.content", "the content has 8200 bytes"), (error.Path, error.Message));
    }

    [Fact]
    public void An_error_prints_as_a_link_an_editor_follows()
    {
        var error = Assert.Single(ErrorsOf(Replaced("\"EUR\"", "7")));
        Assert.StartsWith("right.jsonc(4,15): currency: expected a text, found a number. Write a currency",
            error.ToString(), StringComparison.Ordinal);
    }

    private static string Replaced(string right, string wrong)
    {
        var at = Right.IndexOf(right, StringComparison.Ordinal);
        Assert.True(at >= 0, string.Create(CultureInfo.InvariantCulture, $"no {right} in the sample"));
        return Right[..at] + wrong + Right[(at + right.Length)..];
    }

    private static Position PlaceOf(string right)
    {
        var offset = Right.IndexOf(right, StringComparison.Ordinal);
        var before = Right[..offset];
        return new Position(before.Count(c => c == '\n') + 1, offset - before.LastIndexOf('\n'));
    }

    private static IReadOnlyList<DefinitionError> ErrorsOf(string text) => ErrorsOf(Encoding.UTF8.GetBytes(text));

    private static IReadOnlyList<DefinitionError> ErrorsOf(byte[] utf8) =>
        DefinitionReader.Read(utf8, "right.jsonc") is DefinitionReading.Invalid invalid ? invalid.Errors : [];
}
