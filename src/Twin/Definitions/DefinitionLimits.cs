namespace DToC.Twin.Definitions;

/// <summary>The most a definition may hold. What lies above is an error of the file, never cut.</summary>
public static class DefinitionLimits
{
    /// <summary>Bytes of a definition file: 1 MiB.</summary>
    public const int FileBytes = 1 << 20;

    /// <summary>Objects and lists inside each other, the outermost counted.</summary>
    public const int Nesting = 16;

    /// <summary>Errors reported of one file.</summary>
    public const int Errors = 50;

    /// <summary>Characters of a name.</summary>
    public const int NameLength = 128;

    /// <summary>Characters of a path into an event's properties.</summary>
    public const int PathLength = 256;

    /// <summary>Characters of a text for people.</summary>
    public const int TextLength = 1024;

    /// <summary>Characters of a rule.</summary>
    public const int RuleLength = 4096;

    /// <summary>UTF-8 bytes of an offer's content as compact JSON.</summary>
    public const int ContentBytes = 8192;

    /// <summary>Kinds of customer.</summary>
    public const int CustomerKinds = 16;

    /// <summary>Relations between customers.</summary>
    public const int Relations = 32;

    /// <summary>Customers that one customer has a relation to.</summary>
    public const int RelationTargets = 8;

    /// <summary>Personas: a state may hold as many times what is folded.</summary>
    public const int Personas = 8;

    /// <summary>Identifiers.</summary>
    public const int Identifiers = 32;

    /// <summary>
    /// Different priorities of identifiers that merge. A twin moves only into one known by a higher priority, so this
    /// is also how many moves can follow each other; as many as a host follows.
    /// </summary>
    public const int MergingPriorities = 4;

    /// <summary>Known customers that one value of an identifier may lead to.</summary>
    public const int CustomersPerIdentifier = 8;

    /// <summary>Values of one identifier that a customer may have.</summary>
    public const int ValuesPerIdentifier = 64;

    /// <summary>Blocked values of one identifier.</summary>
    public const int BlockedValues = 1024;

    /// <summary>Foreign currencies.</summary>
    public const int CurrencyRates = 256;

    /// <summary>Purposes.</summary>
    public const int Purposes = 64;

    /// <summary>Data categories.</summary>
    public const int Categories = 64;

    /// <summary>Sources.</summary>
    public const int Sources = 256;

    /// <summary>Attributes of a customer, and attributes read from one event.</summary>
    public const int Attributes = 256;

    /// <summary>Events.</summary>
    public const int Events = 256;

    /// <summary>Signals of one event.</summary>
    public const int SignalsPerEvent = 64;

    /// <summary>Lexicon files.</summary>
    public const int Lexicons = 16;

    /// <summary>Features.</summary>
    public const int Features = 512;

    /// <summary>Names in one list of names, for example the events a feature reads.</summary>
    public const int NamesPerList = 64;

    /// <summary>Journey stages.</summary>
    public const int Stages = 64;

    /// <summary>Transitions between stages.</summary>
    public const int Transitions = 256;

    /// <summary>Models.</summary>
    public const int Models = 128;

    /// <summary>Inputs of one logistic model.</summary>
    public const int InputsPerModel = 128;

    /// <summary>Groups of a model's prior.</summary>
    public const int PriorGroups = 32;

    /// <summary>Segments, those made beside the definition among them.</summary>
    public const int Segments = 256;

    /// <summary>Bytes of a segment, or of what is believed of one, as it is sent.</summary>
    public const int SegmentBytes = 64 * 1024;

    /// <summary>Categories of goods that have prices of their own.</summary>
    public const int PriceCategories = 32;

    /// <summary>Fewest hours between two looks at a segment.</summary>
    public const double LeastTickHours = 0.01;

    /// <summary>Most hours between two looks at a segment.</summary>
    public const double MostTickHours = 720;

    /// <summary>Triggers.</summary>
    public const int Triggers = 128;

    /// <summary>Channels.</summary>
    public const int Channels = 32;

    /// <summary>Caps of one channel or of the contact policy.</summary>
    public const int Caps = 8;

    /// <summary>Contacts one cap may allow.</summary>
    public const int CapContacts = 16;

    /// <summary>Days one cap or cool-down of contacts may span.</summary>
    public const int CapDays = 90;

    /// <summary>Offers.</summary>
    public const int Offers = 1024;
}
