//! The offers, hopes and announcements with which a model closes its answer.

use std::sync::LazyLock;

use crate::phrase::{Patterns, Token};

/// How sure a sentence is meant for whoever asked for the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closer {
    /// A letter or a narrator may say it too. It counts where the last paragraph says nothing else.
    Weak,
    /// It speaks of the text as a draft, or of what was asked for.
    Strong,
}

/// Returns what a sentence of the last paragraph is, if it is meant for whoever asked.
pub(super) fn closer(tokens: &[Token<'_>]) -> Option<Closer> {
    if STRONG.begin(tokens) { Some(Closer::Strong) } else { WEAK.begin(tokens).then_some(Closer::Weak) }
}

/// Returns whether a last paragraph only says that the text ends or goes on, or remarks on itself.
pub(super) fn remarks(tokens: &[Token<'_>]) -> bool {
    REMARKS.begin(tokens)
}

static STRONG: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    i hope this|the .. section|chapter|subsection|draft|text|version|revision|rewrite|content .. meets|fits|satisfies|fulfills|fulfils|aligns|matches|works|captures
    i hope this|the .. draft|version|revision|rewrite .. is what you
    i hope this meets|fits|satisfies|fulfills|fulfils|matches your|the|all
    please? let me know if|whether you 'd|would|want|need|like|prefer .. me|changes|change|revisions|adjustments|edits|modifications
    please? let me know if|whether you ... expanded|revised|adjusted|rewritten|shortened|lengthened|changed|changes|revisions|adjustments
    please? let me know if|whether|how|what .. this|the section|draft|version|revision
    would|do you like|want|prefer me to continue|expand|revise|adjust|rewrite|shorten|proceed|write|draft
    shall|should i continue|proceed with|to the|another? .. section|chapter|part
    shall|should i expand|revise|rewrite|shorten this|the|it
    if you 'd|would|want|like|need|prefer|wish .. , i can|could|'ll|will|would .. expand|revise|adjust|rewrite|shorten|modify|tailor
    feel free to request|ask .. changes|revisions|adjustments|edits
    i 'm|am happy|glad to revise|expand|adjust|rewrite
    happy to revise|expand|adjust|rewrite
    i can also? expand|revise|rewrite|adjust|shorten|tailor the|this .. section|chapter|draft|text|version
    ich hoffe ,? dieser|dieses|diese|der|die|das .. abschnitt|kapitel|text|entwurf|fassung .. entspricht|erfüllt
    ich hoffe ,? dieser|der .. text|entwurf .. gefällt|hilft|passt
    lass|lassen|lasst sie? es? mich|uns gern|gerne? wissen ,? wenn|ob|falls ... ändern|ändere|änderungen|anpassen|anpassungen|überarbeiten|überarbeite|überarbeitung|kürzen|erweitern|abschnitt|entwurf|fassung
    soll ich ... nächsten|nächste|abschnitt|kapitel|text|entwurf ... fortfahren|weiterschreiben|überarbeiten|fortsetzen|kürzen|erweitern|anpassen|weitermachen|schreiben
    möchten|möchtest|wünschen|wünschst|willst|wollen sie|du ,? dass ich ... text|abschnitt|kapitel|entwurf|überarbeite|kürze|erweitere|weiterschreibe|fortfahre
    gern|gerne kann|passe|überarbeite|erweitere|kürze ich ... text|abschnitt|kapitel|entwurf|fassung
    gern|gerne passe|überarbeite|kürze|erweitere ich ihn|es|sie|das|noch
    wenn|falls|sofern|bei sie|du|bedarf ... kann|überarbeite|passe|erweitere|kürze ich ... text|abschnitt|kapitel|entwurf|fassung|anpassen|überarbeiten|kürzen|erweitern
    j 'espère que cette|ce|le|la .. section|chapitre|texte|version .. répond|correspond|satisfait
    j 'espère que cette|ce|le|la .. texte|version|section vous|te convient|plaît|plaira|satisfait|conviendra
    n 'hésitez|'hésite pas à ... modifications|ajustements|changements|révisions|révision
    souhaitez|voulez|désirez|aimeriez|veux - vous|tu que je continue|poursuive|développe|modifie|révise|réécrive|raccourcisse|rédige
    dois|puis - je continuer|poursuivre avec|la|le ... section|chapitre
    si vous|tu le? souhaitez|voulez|désirez|veux|souhaites ,? je peux|pourrais ... développer|modifier|réviser|réécrire|raccourcir|ajuster|adapter
    espero que esta|este|la|el .. sección|capítulo|texto|versión|borrador .. cumpla|satisfaga
    espero que esta|este|la|el .. sección|texto|versión|borrador .. sea|te|le|se
    avísame|avíseme|avisame|dime|dígame|házmelo|hágamelo|háganmelo saber? si ... cambios|ajustes|modificaciones|revisiones|cambie|ajuste|revise|amplíe
    quieres|quiere|deseas|desea que yo? continúe|siga|amplíe|revise|escriba|desarrolle|ajuste
    te|le gustaría que yo? continúe|siga|amplíe|revise|escriba|desarrolle|ajuste
    si lo? quieres|deseas|quiere|desea|necesitas|prefieres ... , puedo|podría ... ampliar|revisar|ajustar|reescribir|acortar|modificar
    no dudes|dude en ... cambios|ajustes|modificaciones|revisiones
    spero che questa|questo|il|la .. sezione|capitolo|testo|versione .. soddisfi|risponda|corrisponda
    spero che questa|questo|il|la .. sezione|testo|versione .. sia|ti|vi|le
    fammi|fatemi|mi sapere|faccia se|sapere ... modifiche|cambiamenti|revisioni|modifichi|cambi
    vuoi|vuole|desideri|desidera|volete che io? continui|prosegua|riveda|ampli|scriva|modifichi
    se vuoi|desideri|vuole|desidera|preferisci|volete ... , posso|potrei ... ampliare|rivedere|modificare|riscrivere|accorciare
    espero que esta|este|o|a .. seção|secção|capítulo|texto|versão .. atenda|cumpra|corresponda|satisfaça
    espero que esta|este|o|a .. seção|secção|texto|versão .. seja|ajude
    avise|avisa|diga|diz|me -? me|avise|diga|informe|fale se|caso ... mudanças|alterações|ajustes|revisões|mude|altere|ajuste|revise
    gostaria|quer|queres|deseja|gostarias de? que eu continue|continuasse|amplie|revise|escreva|ajuste|reescreva
    se quiser|desejar|precisar|quiseres|preferir ... , posso ... ampliar|revisar|rever|ajustar|reescrever|encurtar
    ik hoop dat deze|dit|de|het .. sectie|paragraaf|hoofdstuk|tekst|versie .. voldoet|aansluit
    ik hoop dat deze|dit|de|het .. sectie|tekst|versie .. helpt|past|bevalt
    laat het? me|mij het|gerust? weten of|als|wat ... wijzigingen|aanpassingen|veranderen|aanpassen|herschrijven|inkorten
    wil|wilt je|u dat ik ... doorga|verderga|herschrijf|uitbreid|inkort|aanpas|schrijf
    zal ik ... doorgaan|verdergaan|herschrijven|uitbreiden|inkorten ... volgende|sectie|hoofdstuk|deel|paragraaf
    zal ik verdergaan|doorgaan met
    als|indien je|u ... kan|pas ik ... tekst|sectie|hoofdstuk|paragraaf|aanpassen|herschrijven|uitbreiden|inkorten
    надеюсь ,? что? этот|эта|это|данный .. раздел|глава|текст|вариант .. соответствует|подойдёт
    надеюсь ,? что? этот|данный .. раздел|текст|вариант .. поможет|вам|понравится
    дайте|дай мне? знать , если ... изменить|изменения|правки|доработать|переписать
    сообщите|скажите|напишите мне? , если ... изменить|изменения|правки|доработать|переписать
    хотите|хочешь , чтобы я продолжил|продолжила|переписал|переписала|расширил|сократил|доработал
    если хотите|хочешь|нужно|потребуется|желаете ... могу ... продолжить|переписать|расширить|сократить|доработать|изменить
    mam nadzieję , że ten|ta|to .. tekst|rozdział|sekcja|fragment .. spełnia|odpowiada
    daj|dajcie|proszę dać? mi? znać , jeśli|czy ... zmiany|zmienić|poprawki|poprawić|rozwinąć|skrócić
    czy chcesz|chciałbyś|chciałabyś|mam , żebym kontynuował|kontynuowała|rozwinął|poprawił|skrócił|napisał
    jeśli|jeżeli chcesz|potrzebujesz ... mogę ... rozwinąć|poprawić|skrócić|zmienić|przeredagować
    jag hoppas att .. avsnittet|kapitlet|texten|utkastet .. uppfyller|motsvarar|passar|fungerar|är
    hör gärna av ... ändringar|ändra|justera|justeringar
    säg till om ... ändra|ändrar|justera|justerar|ändringar|utveckla|korta
    vill du att jag fortsätter|skriver|utvecklar|kortar|ändrar|justerar
    låt mig veta om ... ändra|ändringar|justera|justeringar|utveckla|korta
    ",
    )
});

static WEAK: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    i hope this|that helps !|.|$
    i hope this|the .. section|chapter|draft|text|version is what you
    i hope this is what you
    please? let me know if|whether you 'd|would|want|need|like|prefer|have
    please? let me know if this|that|there|any|it|i
    please? let me know what|how you 'd|would|think|like
    would|do you like|want|prefer me to
    shall|should i continue|proceed|go|expand|write|revise ?|on|with|to
    if you 'd|would|want|like|need|prefer|wish .. , i can|could|'ll|will|would .. continue|write|add|provide|make|draft
    feel free to ask|let me|if
    i 'm|am happy|glad to continue|make|provide|help|assist
    happy to continue|make|help
    i can also? expand|revise|rewrite|adjust|shorten|continue|tailor it|on|further
    ich hoffe ,? das|dies hilft|entspricht|passt
    lass|lassen|lasst sie? es? mich|uns wissen|gern
    gib|geben sie? mir .. bescheid ,|wenn|ob|falls
    sag|sagen sie? mir .. bescheid ,|wenn|ob|falls
    soll ich ... fortfahren|weiterschreiben|überarbeiten|fortsetzen|kürzen|erweitern|anpassen|weitermachen
    möchten|möchtest|wünschen|wünschst|willst|wollen sie|du ,? dass ich
    bei fragen|rückfragen|änderungswünschen stehe|melden|melde|sagen
    j 'espère que cela vous|te|répond|correspond|convient|aide
    n 'hésitez|'hésite pas à me|m|demander|si
    faites|dites|dis - moi|le si|savoir|moi
    faites - le - moi savoir
    souhaitez|voulez|désirez|aimeriez|veux - vous|tu que je
    dois|puis - je continuer|poursuivre|développer
    espero que esto te|le|les|sirva|ayude|cumpla|sea
    avísame|avíseme|avisame|dime|dígame|házmelo|hágamelo|háganmelo saber? si
    no dudes|dude en decirme|pedirme|avisarme|hacérmelo|preguntar|preguntarme|contactarme
    spero che questo|ciò ti|vi|le|sia aiuti|utile|d
    fammi|fatemi|mi sapere|faccia se|sapere
    non esitare|esiti|esitate a chiedere|chiedermi|contattarmi|farmi|dirmi
    espero que isto|isso ajude|atenda|seja|te|lhe|o
    avise|avisa|diga|diz - me se|caso
    me avise|diga|informe|fale se|caso
    ik hoop dat dit|deze helpt|voldoet|aansluit|past
    laat het? me|mij|het gerust? weten|me|mij of|als|wat|weten
    wil|wilt je|u dat ik
    надеюсь ,? что? это поможет|вам|соответствует
    дайте|дай мне? знать , если
    сообщите|скажите|напишите мне? , если
    daj|dajcie|proszę dać? mi? znać , jeśli|czy
    czy mam kontynuować
    hör gärna av
    säg till om
    låt mig veta om
    jag hoppas att det här|detta hjälper|hjälpte
    ",
    )
});

/// What a last paragraph of its own says about the text. A serial may end with "to be continued", so that stays.
static REMARKS: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    continued|continues on|in the? next section|chapter|part|message|response|reply .|)|]|…|$
    end of this|the? section|chapter|draft|text|excerpt|response|output|subsection #? .|$|)|]
    note : i 've|have|kept|tried|used|aimed|did|wrote|left|took ... section|draft|word|words|outline|request|points|length|contract
    note : this|the draft|response|section was|has|is written|generated|drafted|been|kept|based
    note : this|the word? word|count|draft is|:|count
    revised|rewritten|edited|expanded|shortened for|to|as|per ... words|length|clarity|flow|requested|request|outline|contract|points|feedback
    this|the section|draft|text|version|chapter|above .. covers|addresses|meets|satisfies|fulfills|includes|follows .. your|required|requested|assigned
    total|final|approximate|approx word|words|length count|: :|is|of|#
    word|words count|total :|is|=|–|-|#
    fortsetzung im .. nächsten .. abschnitt|kapitel|teil
    ende des|dieses abschnitts|kapitels|textes .|$|)|]
    anmerkung|hinweis : dieser|der|ich .. abschnitt|text|habe .. wurde|entspricht|umfasst|hält|den|die
    fin de|du la? section|chapitre .|$|)|]
    suite|suite? au|à|dans le|la prochain|prochaine|suivante .. section|chapitre
    note|remarque : cette|ce|j .. section|texte|'ai .. respecte|compte|rédigé|veillé|couvre
    continuará|continúa en la|el siguiente|próxima|próximo .. sección|capítulo
    fin de|del la? sección|capítulo .|$|)|]
    nota : esta|este|he .. sección|texto|mantenido|seguido .. cumple|tiene|respeta|sigue|la|el
    continua nel|nella|no|na prossimo|prossima|próximo|próxima .. sezione|capitolo|seção|secção|capítulo
    fine della|del sezione|capitolo .|$|)|]
    fim da|do seção|secção|capítulo .|$|)|]
    einde van|hoofdstuk|sectie de|het|deze|dit|paragraaf sectie|paragraaf|hoofdstuk .|$|)|]
    продолжение в .. следующем|следующей разделе|главе
    конец раздела|главы .|$|)|]
    ciąg dalszy w .. następnym|kolejnym .. rozdziale
    fortsättning i nästa avsnitt|kapitel
    slut på avsnittet|kapitlet .|$|)|]
    ",
    )
});
