using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of segments.</summary>
public static class SegmentRoutes
{
    private const string Tag = "Segments";

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
    public static IReadOnlyList<ApiRoute> All { get; } = [Make, Delete, Seed];
}
