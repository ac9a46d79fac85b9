//! What models say when they refuse, in the languages books are asked in.

/// What may stand before a refusal in its sentence or clause.
pub(super) const CONNECTIVES: &[&str] = &[
    ",",
    "but",
    "however",
    "unfortunately",
    "regrettably",
    "sadly",
    "still",
    "though",
    "and",
    "so",
    "sorry",
    "apologies",
    "respectfully",
    "honestly",
    "aber",
    "jedoch",
    "allerdings",
    "leider",
    "doch",
    "daher",
    "mais",
    "cependant",
    "toutefois",
    "malheureusement",
    "désolé",
    "désolée",
    "pero",
    "lamentablemente",
    "desafortunadamente",
    "desgraciadamente",
    "ma",
    "però",
    "tuttavia",
    "purtroppo",
    "mas",
    "porém",
    "contudo",
    "infelizmente",
    "maar",
    "echter",
    "helaas",
    "men",
    "dock",
    "tyvärr",
    "но",
    "однако",
    "ale",
    "jednak",
    "niestety",
    "لكن",
    "ولكن",
    "لكنني",
];

/// Connectives of more than one word.
pub(super) const LONG_CONNECTIVES: &str = "
    that said|being said
    having said that
    with that said|being? said
    i 'm|am? sorry|afraid
    sin embargo
    lo siento|lamento
    por desgracia
    no entanto
    к сожалению
    es tut mir leid
    tut mir leid
    je suis désolé|désolée
    mi dispiace
    het spijt me
";

/// Refusals that name what is refused. In a long answer, something else must show that a request is meant: the author of a
/// memoir may say that she cannot write a chapter.
pub(super) const OF_A_REQUEST: &str = "
    i really|just|simply|honestly|therefore? cannot|decline to? .. write|provide|create|generate|produce|fulfill|fulfil|complete|comply|assist|help|continue|draft|depict .. request|section|chapter|content|prompt|scene|passage|text|material
    i really|just|simply|honestly|therefore? can|won|must|will 't|not .. write|provide|create|generate|produce|fulfill|fulfil|complete|comply|assist|help|continue|draft|depict .. request|section|chapter|content|prompt|scene|passage|text|material
    i really|just|simply|honestly|therefore? cannot|can|won|will 't|not? ,? in good conscience|faith
    i really|just|simply|honestly|therefore? cannot|can|won|will 't|not? really|just|simply|actually? write|create|generate|produce|depict|draft|continue this|that|it|such as|because|for|,|.|;|$
    i 'm|am really|just|simply|currently|not? unable|not able? to .. write|provide|create|generate|produce|fulfill|fulfil|complete|comply|assist|help|continue|draft|depict .. request|section|chapter|content|prompt|scene|passage|text|material
    i 'm|am really|just|simply|honestly? not really|fully|entirely? comfortable|willing|able|prepared|going to|with? write|writing|creating|create|producing|produce|generating|generate|providing|provide|continue|continuing|depicting|depict|drafting
    i 'm|am uncomfortable with? writing|creating|producing|generating|providing|continuing|depicting
    i really|just|simply|honestly|therefore? won 't be able to write|provide|create|generate|produce|fulfill|fulfil|complete|continue|help|assist|draft
    i 'll|will not be able to write|provide|create|generate|produce|fulfill|fulfil|complete|continue|help|assist|draft
    i really|just|simply|honestly|therefore? don|do 't|not really? feel|think comfortable|right|it|i|this|that .. writing|creating|producing|generating|providing|continuing|with|can|should|could|'d|would .. write|appropriate|create|produce|continue|help
    i really|just|simply|honestly|therefore? don|do 't|not really? feel comfortable writing|creating|producing|generating|providing|continuing|with
    i really|just|simply|honestly|therefore? must|have|need|'ll|'d|want|will|would to|like|have? to? respectfully|politely? decline|refuse
    i 'm|am going to have? to? respectfully|politely? decline|refuse|pass
    i 'll|will|'d|would have|need|rather|prefer to? pass|stop on|here .. this|request|section|scene|one|.|,
    i 'm|am choosing|declining not? to? write|create|produce|continue|depict|this
    i respectfully|politely decline|refuse|must
    i 'd|would rather|prefer not to? write|create|produce|continue|depict
    i really|just|simply|honestly|therefore? cannot comply|assist|proceed with this|that|your request
    i really|just|simply|honestly|therefore? cannot comply|assist|proceed with this|that
    i really|just|simply|honestly|therefore? can|won|must 't|not comply|assist|proceed with this|that|your request
    i really|just|simply|honestly|therefore? can|won|must 't|not comply|assist|proceed with this|that
    i really|just|simply|honestly|therefore? can|won 't|not help with this|that|your request
    i really|just|simply|honestly|therefore? can|won 't|not help with this|that
    i really|just|simply|honestly|therefore? have concerns|reservations about writing|producing|creating|depicting|the|this
    i really|just|simply|honestly|therefore? need|have to stop|pause here|before
    it wouldn|would|isn|is 't|not be? appropriate|responsible|possible|right for me to
    this|that|it isn|is|'s|wouldn 't|not be? something that? i|we can|'m|am|will|feel|could|would|'d|'ll not? .. write|help|create|produce|provide|generate|do|continue|assist|comfortable|able|willing|depict
    this|the section|scene|chapter|passage|content|story isn|is|'s 't|not something|content|material that? i|we can|'m|am|will|feel|could|would|'d|'ll
    this|that falls|goes outside|beyond|against of? what|my|the
    writing|producing|creating|depicting|continuing this|that|the|such .. isn|is|would 't|not be? something|appropriate|possible|responsible|okay
    my guidelines|policies|programming|principles|instructions don|do|prevent|prohibit|forbid|won
    this|your|the request violates|goes|conflicts|is against|against|not
    diesen|diese|dieses|das|so .. abschnitt|szene|kapitel|text|anfrage|etwas kann|möchte|werde|darf ich .. nicht
    diesen|diese|dieses .. kann|möchte|werde|darf ich so? leider? nicht
    ich kann|möchte|werde|darf leider? diesen|diese|dieses|dieser|das|den|die .. abschnitt|szene|kapitel|text|anfrage|bitte|wunsch .. nicht|leider|ablehnen
    kann|möchte|werde|darf|muss ich leider? diesen|diese|dieses|dieser|das|den|die .. abschnitt|szene|kapitel|text|anfrage|bitte|wunsch .. nicht|leider|ablehnen
    ich muss .. ablehnen
    muss ich .. ablehnen
    ich lehne .. ab
    ich fühle mich nicht|unwohl .. wohl|dabei
    ich bin nicht in der lage
    ich sehe mich nicht|außerstande|gezwungen
    das|dies|dabei|hierbei ist|kann nichts|ich ,|nicht was|dass|helfen
    je ne|n peux|puis|pourrai|pourrais|souhaite|veux|vais|saurais|'écrirai pas .. écrire|rédiger|produire|créer|générer|continuer|poursuivre|décrire .. scène|section|passage|chapitre|contenu|texte|demande
    je ne suis pas en|à|capable mesure|'aise|l|de|d
    je ne me sens pas
    je préfère|préférerais ne pas écrire|rédiger|produire|continuer|décrire
    je refuse|décline de|d|cette|votre
    je dois|préfère|vais|suis .. décliner|refuser
    je me vois|trouve contraint|contrainte|obligé|obligée
    il m 'est impossible
    il ne m 'est pas possible
    ce|cela n 'est pas quelque chose que
    ce|cela n 'est pas un|une .. que je
    cette|votre demande|scène enfreint|va|contrevient|dépasse|sort
    no puedo .. escribir|generar|crear|producir|redactar|continuar .. escena|sección|capítulo|contenido|texto|solicitud|petición|pasaje
    no me siento .. cómodo|cómoda|capaz
    no me es posible
    no estoy en|dispuesto|dispuesta condiciones|a|capacidad
    no es|se algo que yo? pueda|puedo|quiera
    esto|esta|eso|este .. no es algo|contenido que
    debo|prefiero|tengo|voy que|a? tener? que? .. declinar|rechazar|negarme
    me veo obligado|obligada
    prefiero no escribir|redactar|continuar
    non posso .. scrivere|generare|creare|produrre|redigere|continuare .. scena|sezione|capitolo|contenuto|testo|richiesta|brano
    non sono in grado|disposto|disposta
    non me la sento
    non mi sento .. agio|di
    non mi è possibile
    non è qualcosa che
    questo|questa .. non è qualcosa|un che|contenuto
    devo|preferisco|dovrò .. declinare|rifiutare
    preferisco non scrivere|continuare
    mi vedo|trovo costretto|costretta
    não posso|consigo|vou .. escrever|gerar|criar|produzir|redigir|continuar .. cena|seção|secção|capítulo|conteúdo|texto|pedido|trecho
    não me sinto .. confortável|vontade|capaz
    não me é possível
    não sou|estou capaz|em|disposto|disposta de|condições|a
    não é algo que
    isto|isso|este|esta|essa .. não é algo|um que|conteúdo
    devo|prefiro|preciso|terei|tenho|vou de|que|ter? que? .. recusar|declinar
    prefiro não escrever|continuar
    ik kan|wil|mag|zal helaas? deze|dit|die|dat .. scène|sectie|hoofdstuk|tekst|verzoek|passage|paragraaf .. niet
    kan|wil|mag|zal ik helaas? deze|dit|die|dat .. scène|sectie|hoofdstuk|tekst|verzoek|passage|paragraaf .. niet
    deze|dit|die|dat .. scène|sectie|hoofdstuk|tekst|verzoek kan|wil|mag|zal ik .. niet
    ik moet .. weigeren|afwijzen|bedanken
    moet ik .. weigeren|afwijzen
    ik voel me .. niet .. prettig|comfortabel|gemak
    ik ben niet in|bereid staat|om
    dit|dat is niet|niets iets? wat|dat ik
    jag kan|vill|får|kommer inte .. skriva|skapa|hjälpa|fortsätta
    kan|vill|får|måste jag tyvärr? inte|avböja .. skriva|skapa|hjälpa|.|,|$
    jag måste .. avböja|tacka
    jag är inte bekväm
    jag känner mig inte bekväm
    det här|detta är? inte|ingenting något? som? jag
    det här|detta är inte|ingenting något? som? jag
    я не могу|буду|смогу|готов|готова .. написать|писать|создать|создавать|продолжить|продолжать .. сцену|раздел|главу|текст|контент|фрагмент|отрывок|запрос
    я вынужден|вынуждена|должен|должна .. отказать|отказаться|отклонить
    вынужден|вынуждена .. отказать|отказаться|отклонить
    не могу .. написать|создать|продолжить|выполнить .. сцену|раздел|главу|текст|контент|фрагмент|запрос
    мне некомфортно|неудобно писать|создавать|продолжать
    это не то , что я
    nie mogę|będę|zamierzam .. napisać|stworzyć|pisać|kontynuować .. sceny|rozdziału|tekstu|fragmentu|treści|sekcji
    nie jestem w stanie
    nie czuję się .. komfortowo|swobodnie|dobrze
    to nie jest coś ,
    muszę .. odmówić
    لا|لن أستطيع|يمكنني|أتمكن من? .. كتابة|إنشاء|مساعدتك|المساعدة|تقديم|متابعة
";

/// Apologies and refusals that a narrator may also speak. They count only in a short answer.
pub(super) const OF_ANYTHING: &str = "
    i 'm|am? so|very|really? sorry|afraid ,? but? i|that|this
    sorry ,? but i
    unfortunately ,? i cannot|can|'m|am|won
    i apologize|apologise ,? but|for|that
    i cannot|decline to? .. write|provide|create|generate|produce|help|assist|discuss|engage|continue
    i can|won|must|will 't|not .. write|provide|create|generate|produce|help|assist|discuss|engage|continue
    i 'm|am unable|not able? to .. write|provide|create|generate|produce|help|assist|discuss|engage|continue
    es tut mir leid ,? aber|ich|dass|,
    tut mir leid ,? aber|ich
    leider kann ich
    ich kann .. nicht schreiben|helfen|erstellen|verfassen|weiterhelfen|nachkommen
    je suis désolé|désolée ,? mais|je
    désolé|désolée ,? mais? je
    je ne peux|puis pas .. écrire|rédiger|aider|répondre|fournir|créer
    lo siento ,? pero|no
    no puedo .. escribir|ayudar|ayudarte|proporcionar|generar|crear|cumplir
    mi dispiace ,? ma|non
    non posso .. scrivere|aiutare|aiutarti|fornire|generare|creare
    desculpe|lamento|sinto muito? ,? mas|não
    não posso .. escrever|ajudar|fornecer|gerar|criar
    het spijt me ,? maar|dat|ik
    sorry ,? maar ik
    ik kan .. niet|geen schrijven|helpen|voldoen
    извините|простите|сожалею ,? но|я
    я не могу .. написать|помочь|предоставить|выполнить
    tyvärr kan jag
    förlåt|ledsen ,? men jag
    jag är ledsen ,? men
    przykro mi|przepraszam ,? ale|nie
    nie mogę .. napisać|pomóc|spełnić
    عذرا|عذرًا|آسف|أعتذر ،? لا|لكن|ولكن|،
";

/// What shows in a long answer that a request is refused and nothing is told.
pub(super) const ABOUT_A_REQUEST: &[&str] = &[
    "as outlined",
    "as described",
    "is described",
    "as requested",
    "as written, ",
    "this request",
    "your request",
    "the request",
    "content polic",
    "guideline",
    "the prompt",
    "i'd suggest",
    "i would suggest",
    "i can offer",
    "i could offer",
    "i'd be happy to",
    "i can help with",
    "would be happy to help",
    "offer an alternative",
    "suggest an alternative",
    "propose an alternative",
    "alternative version",
    "alternative approach",
    "alternative direction",
    "alternative scene",
    "alternatives",
    "stattdessen kann ich",
    "stattdessen könnte",
    "ihre anfrage",
    "deine anfrage",
    "diese anfrage",
    "richtlinien",
    "wie beschrieben",
    "cette demande",
    "votre demande",
    "telle que décrite",
    "je peux proposer",
    "je pourrais proposer",
    "à la place",
    "esta solicitud",
    "su solicitud",
    "tu solicitud",
    "tal como se describe",
    "en su lugar",
    "questa richiesta",
    "tua richiesta",
    "vostra richiesta",
    "così come descritta",
    "in alternativa",
    "este pedido",
    "seu pedido",
    "esta solicitação",
    "em vez disso",
    "dit verzoek",
    "uw verzoek",
    "je verzoek",
    "in plaats daarvan",
    "den här begäran",
    "din begäran",
    "i stället kan",
    "этот запрос",
    "ваш запрос",
    "вместо этого",
    "tę prośbę",
    "tej prośby",
    "zamiast tego",
    "instead, i",
    "happy to",
    "if you'd like",
    "if you would like",
    "would you like",
    "let me know",
    "your outline",
    "your story",
    "your novel",
    "your book",
    "your project",
    "your guidelines",
    "policies",
    "harmful",
    "explicit content",
    "minors",
    "what i can do",
    "a different approach",
    "a different direction",
    "stattdessen",
    "wenn sie möchten",
    "wenn du möchtest",
    "ihre geschichte",
    "deine geschichte",
    "ich schlage vor",
    "gerne helfe",
    "je peux vous proposer",
    "je serais ravi",
    "si vous le souhaitez",
    "votre récit",
    "votre roman",
    "mes directives",
    "puedo ofrecer",
    "puedo ayudar",
    "con gusto",
    "si lo deseas",
    "en cambio",
    "tu historia",
    "mis directrices",
    "posso proporre",
    "posso aiutar",
    "se lo desideri",
    "se vuoi",
    "la tua storia",
    "linee guida",
    "posso ajudar",
    "posso sugerir",
    "posso oferecer",
    "se quiser",
    "sua história",
    "diretrizes",
    "als je wilt",
    "ik kan wel",
    "graag help",
    "jouw verhaal",
    "richtlijnen",
    "jag kan istället",
    "om du vill",
    "riktlinjer",
    "din berättelse",
    "могу предложить",
    "если хотите",
    "правила",
    "вашу историю",
    "mogę zaproponować",
    "jeśli chcesz",
    "chętnie",
    "wytyczn",
    "طلبك",
    "هذا الطلب",
    "بدلا من ذلك",
    "بدلاً من ذلك",
    "يمكنني أن أقترح",
    "リクエスト",
    "ご依頼",
    "ガイドライン",
    "代わりに",
    "別の案",
    "您的请求",
    "你的请求",
    "这个请求",
    "您的要求",
    "替代",
    "作为代替",
    "准则",
    "您的請求",
    "요청하신",
    "대신",
    "가이드라인",
    "คำขอ",
    "แทน",
];
