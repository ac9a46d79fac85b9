//! The presentations and acknowledgements with which a model opens its answer.

use std::sync::LazyLock;

use crate::phrase::{Patterns, Token};

/// Acknowledgements. They answer a request where they stand alone in a paragraph or before a presentation. Before any other
/// sentence they may be the narrator's ("Sure, the price had fallen before").
const ACKNOWLEDGEMENTS: &str = "
    sure|certainly|absolutely|understood|okay|ok|alright|gladly|great|noted thing?
    of course
    got it
    no problem
    very well
    with pleasure
    happy to help
    gern|gerne|natürlich|selbstverständlich|sicher|klar|verstanden|alles klar?
    bien sûr|entendu
    certainement|volontiers|parfait
    avec plaisir
    d 'accord
    claro|entendido|perfecto|certamente|perfeito|volentieri|certo|perfetto que? sí?
    por supuesto
    desde luego
    con gusto|piacere
    va bene
    com certeza|prazer
    natuurlijk|zeker|uiteraard|graag|begrepen|prima
    конечно|разумеется|хорошо|понятно
    oczywiście|jasne|pewnie
    självklart|absolut|javisst
    بالتأكيد|بالطبع|حسنا|حسنًا
";

/// What presents the text after an acknowledgement; without one, each of these may begin a book's prose.
const AFTER_ACKNOWLEDGEMENT: &str = "
    here is|'s|are
    below is|are|you
    i 'll|will|can|'d|would|'ve|have .. write|draft|rewrite|help|compose|prepared|written|drafted|be
    let me write|draft|rewrite|compose|help
    this section|chapter
    the following section|chapter|text|is
    hier ist|sind|kommt|folgt
    hier der|die|das .. abschnitt|kapitel|text
    nachfolgend|im folgenden? finden|findest|der|die|das
    ich schreibe|verfasse|helfe|werde
    voici
    ci - dessous|après
    je vais|peux .. rédiger|écrire|aider
    aquí|a está|tienes|tiene|va|continuación
    ecco
    di|qui seguito|sotto
    aqui está|vai|estão
    segue|seguem
    a seguir
    hier is|volgt
    hieronder vind|vindt|volgt|staat
    вот|ниже
    oto|poniżej
    här är|kommer
    إليك|إليكم
";

/// Presentations that also count without an acknowledgement before them.
const PRESENTATIONS: &str = "
    here|below is|'s|are the|your|a|an|my .. section|sections|subsection|chapter #? :|.|,|!|—|–|-|on|for|about|titled|entitled|called|you|as|with|written|rewritten|$
    here|below is|'s section|chapter # :|.|,|on|for|about|$
    here|below is|'s the|your|a|my .. text|draft|version|prose|content of|for the|your|this .. section|chapter|subsection
    here|below is|'s your|my .. text|draft|version|rewrite|revision|prose|content|continuation
    below|above you|you 'll|will find the|your|a .. section|chapter|subsection|draft
    i 'd|would be happy|glad|pleased|delighted to help|write|assist|draft|provide|continue
    i 'm|am happy|glad to help|write|assist|draft|provide
    i 'll|will now write|draft|rewrite|compose|produce|continue|provide
    i 'll|will write|draft|rewrite|compose|produce the|a|your .. section|chapter|text|draft
    i 've|have written|drafted|rewritten|revised|expanded|composed|prepared|produced the|a|your|this .. section|chapter|text|draft ... below|requested|instructed|you|your|outline|contract
    i 've|have written|drafted|rewritten|revised|prepared the|your .. section|chapter|text|draft :
    let me now? write|draft|rewrite|compose|produce the|a|this|my .. section|chapter|text|draft|prose|words
    let me count the? words|as|how
    in this section|chapter ,? i|we 'll|will|am|'m going? to? write
    as requested|instructed|asked ,|: here|i|this|below|the
    as|as? per your request|instructions|outline|contract
    per your request|instructions|outline
    based on your outline|contract|instructions|brief|request
    based on the contract|outline|instructions you|provided|given
    the user wants|asked|asks|instructed|told me|us to|for
    the user wants|needs a|an|the|this|another .. section|chapter|subsection|draft .|,|:|about|on|of|for|in|with|that|$
    the user wants|needs a|the .. text about|on|for
    the user has|is asked|asking|instructed|requested me|for .. section|chapter|text|prose
    we|i need|have to write|produce|draft|cover|generate the|a|this .. section|chapter|text|prose|points|words
    thanks|thank you? for the|your .. outline|request|instructions|contract|prompt|brief
    hier ist|sind|kommt|folgt der|die|das|dein|deine|ihr|ihre|ein|eine .. abschnitt|kapitel|unterkapitel|sektion #? :|.|,|!|zum|über|für|mit|wie|$
    hier ist|kommt|folgt dein|deine|ihr|ihre .. text|entwurf|fassung|version
    hier der|die|das .. abschnitt|kapitel|unterkapitel :
    nachfolgend|im folgenden? finden|findest sie|du den|das|die .. abschnitt|kapitel|text|entwurf
    ich schreibe|verfasse|werde|habe nun|jetzt|hier .. abschnitt|kapitel|text
    wie gewünscht|gefordert|angefordert ,|: hier|der|das
    voici la|le|un|une|votre|ta|ton .. section|chapitre #? :|.|,|!|sur|pour|demandé|demandée|intitulé|intitulée|rédigé|rédigée|révisée|révisé|$
    voici votre|ton|ta .. texte|version|ébauche
    voici le|la|une .. texte|version|ébauche de|pour la|le|votre section|chapitre
    je vais maintenant? rédiger|écrire la|le|une|un|cette|ce .. section|chapitre|texte
    comme demandé ,|: voici|la|le
    aquí tienes|tiene|está|va|te el|la|un|una|tu|su .. sección|capítulo|apartado #? :|.|,|!|sobre|para|titulado|titulada|solicitado|solicitada|revisado|revisada|$
    aquí tienes|tiene el|la|un|una|tu|su .. texto|versión|borrador
    a continuación te|le|se presento|ofrezco|presenta|muestro|encontrarás el|la|un|una .. sección|capítulo|apartado|texto
    voy a escribir|redactar la|el|una|esta|este .. sección|capítulo|texto
    ecco il|la|lo|un|una|tuo|vostro .. sezione|capitolo|paragrafo #? :|.|,|!|su|sul|sulla|per|richiesto|richiesta|intitolato|intitolata|rivisto|rivista|$
    ecco il|la tuo|tua|vostro|suo|sua .. testo|versione|bozza
    di seguito trovi|trova|troverai|riporto|propongo il|la|una .. sezione|capitolo|testo
    aqui está|vai|tem o|a|um|uma|seu|sua .. seção|secção|capítulo #? :|.|,|!|sobre|para|solicitado|solicitada|intitulado|intitulada|revisado|revisada|revista|$
    aqui está|vai|tem seu|sua|o seu|sua? .. texto|versão|rascunho
    segue o|a|abaixo .. seção|secção|capítulo|texto :|solicitado|solicitada|sobre
    hier is|volgt de|het|een|je|uw .. sectie|paragraaf|hoofdstuk #? :|.|,|!|over|voor|met|$
    hier is|volgt je|uw .. tekst|versie|concept
    hieronder vind|vindt|staat je|u|de|het .. sectie|paragraaf|hoofdstuk|tekst
    вот|ниже .. раздел|глава|параграф :|.|,|о|об|на|для|про
    вот ваш|ваша|твой .. текст|черновик|раздел|глава
    oto .. sekcja|rozdział|podrozdział :|.|,|o|na|dla
    hier ist|kommt|folgt der|die|das|dein|deine|ihr|ihre .. überarbeitete|überarbeiteter|fertige|gewünschte|angeforderte ... abschnitt|kapitel|text|fassung|entwurf
    här är|kommer .. avsnittet|kapitlet|avsnitt|kapitel :|.|,|om|för
    här är|kommer|följer .. avsnittet|kapitlet|texten|utkastet :|.|$
    här är|kommer|följer den|det|ditt|din|ett|en .. omarbetade|reviderade|begärda|färdiga ... avsnitt|avsnittet|kapitel|kapitlet|text|texten|utkast|utkastet
    nedan följer|finns|kommer .. avsnittet|kapitlet|texten|utkastet
    som begärt|önskat ,|: här|kommer
    oto .. poprawiona|poprawiony|gotowy|gotowa ... tekst|sekcja|rozdział|wersja
    poniżej znajduje|przedstawiam|zamieszczam ... sekcja|sekcję|rozdział|tekst
    zgodnie z prośbą|poleceniem ,|: oto|poniżej
    вот|ниже ... исправленный|переработанный|готовый|обновлённый ... раздел|текст|вариант|глава
    как вы просили ,|: вот|ниже
    comme convenu|demandé ,|: voici
    tal como solicitaste|pediste|solicitó ,|: aquí
    come richiesto ,|: ecco|di
    conforme solicitado|pedido ,|: segue|aqui
    zoals gevraagd|verzocht ,|: hier|hieronder
    إليك|إليكم .. القسم|الفصل|النص
";

/// Presentations that may also introduce the next block.
const PRESENTATIONS_OR_INTRODUCTIONS: &str = "
    here|below is|'s the|a|an revised|rewritten|updated|improved|expanded|corrected|polished|shortened|requested|edited|final|complete|full .. text|draft|version|passage|prose|content|continuation :|.|$
    here|below is|'s the|a text|draft|prose|continuation|rewrite|revision :|.|$
    hier ist|kommt|folgt die|der|das .. überarbeitete|fertige|vollständige|gewünschte|korrigierte .. text|fassung|version|entwurf :|.|$
    voici le|la|une .. texte|version|ébauche révisé|révisée|demandé|demandée|corrigé|corrigée|complet|complète :|.|$
    aquí está|tienes el|la|una .. texto|versión|borrador revisado|revisada|solicitado|corregido|corregida|completo|completa :|.|$
    ecco il|la|una .. testo|versione|bozza rivisto|rivista|richiesto|richiesta|corretto|corretta|completo|completa :|.|$
    aqui está o|a|uma .. texto|versão|rascunho revisado|revisada|revisto|revista|solicitado|corrigido|corrigida|completo|completa :|.|$
    hier is|volgt de|het .. herziene|gevraagde|verbeterde|volledige .. tekst|versie :|.|$
";

struct Tables {
    acknowledgements: Patterns,
    after_acknowledgement: Patterns,
    presentations: Patterns,
    presentations_or_introductions: Patterns,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    acknowledgements: Patterns::table(ACKNOWLEDGEMENTS),
    after_acknowledgement: Patterns::table(AFTER_ACKNOWLEDGEMENT),
    presentations: Patterns::table(PRESENTATIONS),
    presentations_or_introductions: Patterns::table(PRESENTATIONS_OR_INTRODUCTIONS),
});

/// Returns whether a sentence presents the text; `introduces` says whether its paragraph may introduce the next block.
pub(super) fn presents(tokens: &[Token<'_>], introduces: bool) -> bool {
    TABLES.presentations.begin(tokens) || (!introduces && TABLES.presentations_or_introductions.begin(tokens))
}

/// Returns whether a sentence after an acknowledgement presents the text.
pub(super) fn follows_acknowledgement(tokens: &[Token<'_>]) -> bool {
    TABLES.after_acknowledgement.begin(tokens)
}

/// Returns whether the tokens begin with an acknowledgement that stands alone or before a presentation.
pub(super) fn acknowledges(tokens: &[Token<'_>]) -> bool {
    /// The longest acknowledgement, in tokens.
    const WORDS: usize = 3;

    let Some(end) = tokens.iter().take(WORDS + 1).position(|token| !token.is_word()) else {
        return false;
    };
    let (words, rest) = tokens.split_at(end);
    if !TABLES.acknowledgements.are(words) {
        return false;
    }
    match rest.split_first() {
        // "Okay." may be a narrator's first word. No section of a book begins with "Okay!" alone.
        Some((mark, [])) => mark.text() == "!",
        Some((_, after)) => TABLES.after_acknowledgement.begin(after) || TABLES.presentations.begin(after),
        None => false,
    }
}
