using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of segments.</summary>
public static class SegmentRoutes
{
    private const string Tag = "Segments";

    /// <summary>All segments.</summary>
    public static readonly ApiRoute List = new(
        "GET", "/v1/segments", KeyScopes.Read, "listSegments", Tag, "List the segments with their sizes")
    {
        Tells = Disclosure.Aggregates,
    };

    /// <summary>A segment's twin.</summary>
    public static readonly ApiRoute Read = new(
        "GET", "/v1/segments/{name}", KeyScopes.Read, "readSegment", Tag,
        "Read a segment's twin: who is in it, what they have in common, how it changes")
    {
        Tells = Disclosure.Aggregates,
        Description =
            "Size, entries and exits, sums, means and quantiles of every feature and score, journey stages and moves "
            + "between them, value at risk, satisfaction; of nothing that fewer than five have. Every member's data "
            + "have a basis for the segment's purpose. 'everybody' stands for all customers; ?purpose= then says what "
            + "for.",
    };

    /// <summary>Who is in a segment.</summary>
    public static readonly ApiRoute Members = new(
        "GET", "/v1/segments/{name}/members", KeyScopes.Read, "listSegmentMembers", Tag,
        "List the members of a segment")
    {
        Tells = Disclosure.Members,
        Description =
            "Page by page, in no order that means anything: ?limit= is the most of a page, 100 unless given, and a "
            + "page may have fewer; go on with ?after= and what 'next' says until it says null.",
    };

    /// <summary>What makes a segment different.</summary>
    public static readonly ApiRoute Difference = new(
        "GET", "/v1/segments/{name}/difference", KeyScopes.Read, "readSegmentDifference", Tag,
        "Say what makes a segment different from the rest, or from another")
    {
        Tells = Disclosure.Aggregates,
        Description =
            "Every feature and score by Welch's test, every journey stage and other segment by the test of two shares, "
            + "with differences, lifts and intervals; probabilities are corrected for the number of questions "
            + "(Benjamini and Hochberg). ?from= is rest or the name of another segment, ?level= 0.95 unless given.",
    };

    /// <summary>Who is in several segments.</summary>
    public static readonly ApiRoute Overlap = new(
        "POST", "/v1/segments/overlap", KeyScopes.Read, "overlapSegments", Tag,
        "Count the members that segments have in common")
    {
        Tells = Disclosure.Aggregates,
    };

    /// <summary>A set made of segments.</summary>
    public static readonly ApiRoute Evaluate = new(
        "POST", "/v1/segments/evaluate", KeyScopes.Read, "evaluateSegments", Tag,
        "Say who is in a set made of segments by and, or, not")
    {
        Tells = Disclosure.Members,
        Description = "The size is exact; the sample is of the segments' own samples.",
    };

    /// <summary>A segment is made.</summary>
    public static readonly ApiRoute Make = new(
        "POST", "/v1/segments", KeyScopes.Admin, "makeSegment", Tag, "Make a segment beside the definition")
    {
        Tells = Disclosure.Nothing,
        Description =
            "The body is {\"name\", \"purpose\", \"rule\"} and what else a definition says of a segment. It is "
            + "durable, and has its members from the answer on, as far as they have been looked through. The same once "
            + "more changes nothing; another under a name that is taken is refused.",
    };

    /// <summary>A segment goes.</summary>
    public static readonly ApiRoute Delete = new(
        "DELETE", "/v1/segments/{name}", KeyScopes.Admin, "deleteSegment", Tag,
        "Take away a segment that was made beside the definition")
    {
        Tells = Disclosure.Nothing,
        Description = "And what was believed of it. Cohorts that were taken from it stay.",
    };

    /// <summary>What is believed of a segment before anybody is counted.</summary>
    public static readonly ApiRoute Seed = new(
        "PUT", "/v1/segments/{name}/seed", KeyScopes.Admin, "seedSegment", Tag,
        "Say what is believed of a segment before anybody in it is known")
    {
        Tells = Disclosure.Nothing,
        Description =
            "The body is {\"size\", \"source\", \"numbers\", \"scores\"}, each number with a mean and perhaps a "
            + "deviation. It is shown beside what is counted, never mixed with it. The mean of a score is the prior of "
            + "those who come into the segment, in the weight that the definition gives the model's prior, so that "
            + "evidence of their own outweighs it. An empty object takes it all back.",
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
        [List, Read, Members, Difference, Overlap, Evaluate, Make, Delete, Seed];
}
