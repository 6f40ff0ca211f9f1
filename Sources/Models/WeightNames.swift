/// The names under which Janus-Pro checkpoints store their weights.
public enum WeightNames {
  /// `[V, D]`: the vectors of text tokens.
  public static let textEmbedding = "language_model.model.embed_tokens.weight"
  /// The norm after the last layer: `.weight` is `[D]`.
  public static let finalNorm = "language_model.model.norm"
  /// The text head: `.weight` is `[V, D]`.
  public static let textHead = "language_model.lm_head"
  /// `[K, codeWidth]`: the vectors of image codes, before ``imageAligner``.
  public static let imageEmbedding = "gen_embed.weight"
  /// The network from image code vectors to decoder inputs: `.layers.0` and `.layers.2`.
  public static let imageAligner = "gen_aligner"
  /// The image head: `.output_mlp_projector` and `.vision_head`.
  public static let imageHead = "gen_head"
  /// The image tokenizer.
  public static let imageTokenizer = "gen_vision_model"
  /// The vision encoder.
  public static let visionEncoder = "vision_model"
  /// The network from vision features to decoder inputs.
  public static let visionAligner = "aligner"

  /// What the names of one layer of the decoder begin with.
  ///
  /// - Parameter index: from 0.
  public static func layer(_ index: Int) -> String { "language_model.model.layers.\(index)" }
}
