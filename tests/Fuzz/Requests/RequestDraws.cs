using System.Text;
using DToC.Conformance;
using DToC.Fuzz.Mutation;

namespace DToC.Fuzz.Requests;

/// <summary>Requests drawn from a seed: right ones, changed in structure, values, headers, paths, bytes.</summary>
internal sealed class RequestDraws(SeededDraws draws, ulong seed, Vocabulary vocabulary)
{
    private static readonly string[] Types =
    [
        "application/json", "application/x-ndjson", "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "text/plain", "application/json; charset=utf-16", "application/JSON ;x", "multipart/form-data", "/", ";",
    ];

    private readonly string _customer = $"fuzz-{seed % 199}";
    private int _events;

    public FuzzRequest Next() => draws.Below(100) switch
    {
        < 32 => Changed("application/json", Event()),
        < 40 => Changed("application/json", Tree.Within(false, Some(1, 6, Event))),
        < 62 => Lines("/v1/events", Event),
        < 68 => Changed("application/cloudevents+json", CloudEvent()),
        < 71 => Changed("application/cloudevents-batch+json", Tree.Within(false, Some(1, 4, CloudEvent))),
        < 76 => Binary(),
        < 81 => draws.Percent(50) ? Lines("/v1/attributes", Attributes) : Json("POST", "/v1/attributes", Attributes()),
        < 85 => Json("PUT", $"/v1/twins/{Id()}/consents{Query("source")}", Consents()),
        < 88 => Json("POST", $"/v1/twins/{Id()}/next-best-action", Tree.Parse("{\"context\":{\"channel\":\"web\"}}")),
        < 91 => Get($"/v1/twins/{Id()}{Query("at")}"),
        < 94 => Get($"/v1/twins/{Id()}/timeline{Query("before", "limit")}"),
        < 96 => Get($"/v1/quarantine{Query("source", "limit", "after")}"),
        < 97 => Get($"/v1/decisions{Query("from")}").WithGarbled($"Last-Event-ID: {OddTexts.Bare(draws)}"),
        < 98 => Json("POST", "/v1/definition/validate", Tree.Parse(vocabulary.Text)),
        < 99 => Json("POST", "/v1/keys", Tree.Parse("""
            {"name":"k","scopes":["ingest","read"],"expires":"2027-01-01T00:00:00Z"}
            """)),
        _ => Elsewhere(),
    };

    /// <summary>An event that waits in quarantine under a source of its own.</summary>
    public (FuzzRequest Request, string Source, Tree Repaired) Quarantined()
    {
        var source = $"q{seed}";
        var right = Event();
        var at = right.Parts.FindIndex(part => part.Name == "\"source\"");
        right.Parts[at] = ("\"source\"", Tree.Leaf($"\"{source}\""));
        var wrong = Tree.Parse(Encoding.UTF8.GetString(right.ToBytes()));
        wrong.Parts[wrong.Parts.FindIndex(part => part.Name == "\"type\"")] = ("\"type\"", Tree.Leaf("\"Unheard Of\""));
        var request = new FuzzRequest
        {
            Method = "POST", Target = "/v1/events", Type = "application/json", Body = wrong.ToBytes(),
            Counting = Counting.Body,
        };
        return (request, source, right);
    }

    /// <summary>A repair, right or not.</summary>
    public FuzzRequest Replay(string id, Tree repaired)
    {
        if (draws.Percent(50)) Mutations.Change(repaired, draws, vocabulary.Names);
        var body = draws.Percent(10) ? [] : Bytes(repaired, 10);
        return new FuzzRequest
        {
            Method = "POST", Target = $"/v1/quarantine/{id}/replay", Type = "application/json", Body = body,
        };
    }

    private Tree Event() => Tree.Parse(vocabulary.Event(draws, $"f{seed}-{_events++}", _customer));

    private Tree CloudEvent()
    {
        var e = Event();
        for (var i = 0; i < e.Parts.Count; i++)
        {
            var name = e.Parts[i].Name switch
            {
                "\"customer\"" => "\"subject\"",
                "\"properties\"" => "\"data\"",
                var other => other,
            };
            e.Parts[i] = (name, e.Parts[i].Value);
        }
        e.Parts.Add(("\"specversion\"", Tree.Leaf("\"1.0\"")));
        return e;
    }

    private Tree Attributes() => Tree.Parse($$"""
        {"customer":"{{_customer}}","source":"crm","origin":"declared","time":"2026-03-01T12:00:00Z",
        "attributes":{"{{vocabulary.Attributes[draws.Below(vocabulary.Attributes.Count)]}}":"AT","householdSize":2} }
        """);

    private Tree Consents() => Tree.Parse(
        $$"""{"{{vocabulary.Purposes[draws.Below(vocabulary.Purposes.Count)]}}":"granted","service":"denied"}""");

    private List<Tree> Some(int least, int most, Func<Tree> one) =>
        [.. Enumerable.Range(0, draws.Between(least, most)).Select(_ => one())];

    private byte[] Bytes(Tree tree, int garbled)
    {
        var bytes = tree.ToBytes();
        return draws.Percent(garbled) ? Mutations.Garble(bytes, draws) : bytes;
    }

    private FuzzRequest Changed(string type, Tree tree)
    {
        if (draws.Percent(75)) Mutations.Change(tree, draws, vocabulary.Names);
        return Events(draws.Percent(5) ? Types[draws.Below(Types.Length)] : type, Bytes(tree, 20));
    }

    private FuzzRequest Events(string type, byte[] body)
    {
        var request = new FuzzRequest
        {
            Method = "POST", Target = "/v1/events", Type = type, Body = body,
            Counting = type == "application/x-ndjson" ? Counting.Lines : Counting.Body,
        };
        return draws.Percent(2) ? request.WithGarbled($"Content-Encoding: {OddTexts.Bare(draws)}") : request;
    }

    private FuzzRequest Lines(string target, Func<Tree> one)
    {
        var body = new List<byte>();
        foreach (var tree in Some(1, 12, one))
        {
            if (draws.Percent(40)) Mutations.Change(tree, draws, vocabulary.Names);
            body.AddRange(Bytes(tree, 10));
            string[] ends = ["\n", "\n", "\n", "\r\n", "\n\n", "\n \t\n", "\r", ""];
            body.AddRange(Encoding.UTF8.GetBytes(ends[draws.Below(ends.Length)]));
        }
        return new FuzzRequest
        {
            Method = "POST", Target = target, Type = "application/x-ndjson", Body = [.. body],
            Counting = target == "/v1/events" ? Counting.Lines : Counting.None,
        };
    }

    private FuzzRequest Binary()
    {
        var data = Tree.Parse("""{"total":12.5,"currency":"EUR","product_id":"p1"}""");
        if (draws.Percent(50)) Mutations.Change(data, draws, vocabulary.Names);
        var request = Events("application/json", Bytes(data, 10))
            .With("ce-specversion: 1.0").With($"ce-id: f{seed}").With("ce-source: shop")
            .With($"ce-subject: {_customer}")
            .With($"ce-time: {(draws.Percent(20) ? OddTexts.Bare(draws) : "2026-03-01T12:00:00Z")}")
            .With("ce-type: Order%20Completed");
        return draws.Percent(50) ? request : request.WithGarbled($"ce-{Bare()}: {OddTexts.Bare(draws)}");
    }

    private string Bare()
    {
        string[] names = ["id", "data", "customer", "type", "time", "x", "identifiers", "specversion", "é", "a b", ""];
        return names[draws.Below(names.Length)];
    }

    private FuzzRequest Json(string method, string target, Tree tree)
    {
        if (draws.Percent(70)) Mutations.Change(tree, draws, vocabulary.Names);
        return new FuzzRequest
        {
            Method = method, Target = target, Body = Bytes(tree, 15),
            Type = draws.Percent(5) ? Types[draws.Below(Types.Length)] : "application/json",
        };
    }

    private FuzzRequest Elsewhere()
    {
        string[] methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"];
        string[] targets =
        [
            $"/v1/quarantine/{Escaped()}", $"/v1/keys/{Escaped()}", "/v1/events", "/v1/nowhere", "/",
            $"/v1/twins/{Escaped()}/{Escaped()}", "/v1/definition/x", "/metrics",
            "/health/ready", "//", "/v1/../metrics",
        ];
        var method = methods[draws.Below(6) + draws.Below(3)];
        var request = Get(targets[draws.Below(targets.Length)], method);
        return draws.Percent(40) ? request.WithGarbled($"Authorization: {OddTexts.Bare(draws)}") : request;
    }

    private static FuzzRequest Get(string target, string method = "GET") => new() { Method = method, Target = target };

    private string Id() => draws.Percent(70) ? _customer : Escaped();

    private string Escaped()
    {
        string[] odd =
            ["%00", "%ff", "%C3%28", "%ED%A0%80", "%2e%2e", "%2F", "%E2%80%AE", "%F0%9F%98%80", "a%0Ab", "%"];
        return draws.Percent(50) ? odd[draws.Below(odd.Length)]
            : Uri.EscapeDataString(OddTexts.Text(draws)) is { Length: < 4_000 } text ? text : new string('z', 140);
    }

    private string Query(params string[] names)
    {
        var parts = names.Where(_ => draws.Percent(60)).Select(name => $"{name}={Escaped()}").ToList();
        if (parts.Count > 0 && draws.Percent(20)) parts.Add(parts[0]);
        return parts.Count == 0 ? "" : $"?{string.Join('&', parts)}";
    }
}
